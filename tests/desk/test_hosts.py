"""The desk answers under its own names alone, and its links lead nowhere else."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest

from desk.hosts import host_name
from tests.desk.conftest import Bench


@pytest.mark.parametrize(
    "host", ["desk.test", "desk.test:8443", "DESK.TEST", "127.0.0.1:4280", "localhost", "[::1]:4280"]
)
def test_its_own_names_are_answered(bench: Bench, host: str) -> None:
    assert bench.visitor().get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "desk.test@evil.example",
        "evil.example#desk.test",
        "",
        "desk.test:x",
        "[::1",
    ],
)
def test_any_other_name_is_400_everywhere_and_says_what_to_do(bench: Bench, host: str) -> None:
    for path in ("/health", "/sign-in", "/static/desk.css"):
        answer = bench.visitor().get(path, headers={"host": host})
        assert answer.status_code == 400
        assert "GATEHOUSE_PUBLIC_URL" in answer.text
        assert answer.headers["x-frame-options"] == "DENY"
    told = bench.visitor().get("/api/cases", headers={"host": host, "accept-language": "zh"})
    assert (told.status_code, told.json()["detail"]) == (400, "审批台不以此地址提供服务。")


def test_a_host_header_that_is_none_names_nothing() -> None:
    names = ["a b", "a/b", "a\\b", "ä.test", "a%2e", "a:99999", "a,b", "[::1"]
    assert [host_name(name) for name in names] == [None] * len(names)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "/\\evil.example/",
        "///evil.example",
        "/\\/evil.example",
        "/%09/evil.example",
        "/%5Cevil.example",
        "/%2F%2Fevil.example",
        "/.//evil.example",
    ],
)
def test_the_link_to_the_other_language_stays_here(bench: Bench, path: str) -> None:
    browser = bench.visitor()
    page = browser.get(f"http://desk.test{path}?lang=zh")
    link = page.text.partition('hreflang="en"')[0].rpartition("<a")[2] + page.text.partition('hreflang="en"')[2][:300]
    target = link.partition('href="')[2].partition('"')[0]
    assert target.endswith("?lang=en")
    # As browsers do, backslashes are slashes, and tabs and line ends are nothing.
    read = target.replace("\\", "/").replace("\t", "").replace("\n", "")
    assert urlsplit(urljoin("http://desk.test/", read)).netloc == "desk.test"
