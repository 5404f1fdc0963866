"""`gatehouse watchlist load-file`: from the file to the question that a case is asked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from admission.application import Subject
from admission.errors import BadInput
from admission.evidence.answers import Answer
from cli.main import gatehouse
from tests.cli.test_watchlist_command import at, run  # noqa: F401 - `at` is a fixture
from wiring.house import House

CODE = "91990000MA9X000702"
COMPANY = Subject(legal_name="示例一有限公司", country="CN", identifiers={"uscc": CODE})


def written(folder: Path, *names: str, code: str = "") -> str:
    path = folder / "paper.csv"
    rows = [f"{name},{code if number == 0 else ''}" for number, name in enumerate(names)]
    path.write_text("\n".join(["承兑人名称,统一社会信用代码", *rows, ""]), encoding="utf-8")
    return str(path)


def day(house: House, back: int = 0) -> str:
    return str(house.today() - timedelta(days=back))


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(gatehouse, list(arguments))
    assert isinstance(result.exception, BadInput)
    return str(result.exception)


def test_a_loaded_list_is_searched_from_then_on(at: House, tmp_path: Path) -> None:  # noqa: F811
    source = at.connectors["cn_paper_overdue"]
    assert (source.configured, source.plan(COMPANY).queries) == (False, ())
    first = run("watchlist", "load-file", "cn_paper_overdue", written(tmp_path, "示例二有限公司"), "--on", day(at, 30))
    assert "1 entries" in first
    (query,) = source.plan(COMPANY).queries
    assert source.parse(query, source.fetch(query)).answer is Answer.NO_RECORD

    file = written(tmp_path, "示例一有限公司", "示例二有限公司", code=CODE)
    second = run("watchlist", "load-file", "cn_paper_overdue", file, "--on", day(at))

    assert f"1 new and 0 gone since {day(at, 30)}" in second
    (newer,) = source.plan(COMPANY).queries
    assert newer.key != query.key
    assert source.parse(newer, source.fetch(newer)).answer is Answer.FOUND
    assert "was loaded already" in run("watchlist", "load-file", "cn_paper_overdue", file, "--on", day(at))
    kept = at.casebook.watchlists.versions("cn_paper_overdue")
    assert [version.entries for version in kept] == [2, 1]
    assert at.casebook.evidence.body(kept[0].files["paper.csv"]) == Path(file).read_bytes()


def test_a_file_that_lost_most_companies_is_not_taken_by_itself(at: House, tmp_path: Path) -> None:  # noqa: F811
    names = [f"示例{number}有限公司" for number in range(4)]
    run("watchlist", "load-file", "cn_paper_overdue", written(tmp_path, *names), "--on", day(at, 30))
    short = written(tmp_path, names[0])
    assert "3 of 4 companies" in refused("watchlist", "load-file", "cn_paper_overdue", short, "--on", day(at))
    assert len(at.casebook.watchlists.versions("cn_paper_overdue")) == 1
    told = run("watchlist", "load-file", "cn_paper_overdue", short, "--on", day(at), "--shorter")
    assert "0 new and 3 gone" in told


@pytest.mark.parametrize(
    ("back", "name", "told"),
    [
        (-1, "cn_paper_overdue", "day of the list"),
        (31, "cn_paper_overdue", "day of the list"),
        (0, "cn_paper", "no such list"),
    ],
)
def test_a_day_or_list_that_cannot_be_right_is_refused(
    at: House,  # noqa: F811
    tmp_path: Path,
    back: int,
    name: str,
    told: str,
) -> None:
    file = written(tmp_path, "示例一有限公司")
    run("watchlist", "load-file", "cn_paper_overdue", file, "--on", day(at, 30))
    assert told in refused("watchlist", "load-file", name, file, "--on", day(at, back))
    assert len(at.casebook.watchlists.versions("cn_paper_overdue")) == 1
