"""English and Chinese: every text in both, and the right one shown."""

from __future__ import annotations

import ast
import inspect
import re
import string
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files
from typing import get_args

import pytest

from admission.approval.votes import Ballot, Choice, check_ballot
from admission.cases import CaseKind, CaseStatus, DecidedBy, Outcome
from admission.errors import NotAllowed
from admission.evidence.facts import EventKind, LegalKind, LegalStatus
from admission.identifiers import CHECKS
from admission.memo import labels as terms
from admission.model import Text
from admission.people import DEPARTMENTS, ROLES
from admission.policy.criteria import Effect
from desk import words
from desk.ballots import StageState
from desk.bulk_words import BULK_WORDS
from desk.customer_words import CUSTOMER_WORDS
from desk.record_words import RECORD_WORDS
from desk.words import WORDS
from tests.desk.conftest import Bench, form_key

TEMPLATES = {item.name: item.read_text(encoding="utf-8") for item in files("desk").joinpath("templates").iterdir()}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_has_both_languages_and_the_same_places() -> None:
    for key, text in WORDS.items():
        assert text.en, key
        assert text.zh, key
        assert places(text.en) == places(text.zh), key


def test_a_key_of_a_text_is_written_once() -> None:
    (table,) = [node for node in ast.walk(ast.parse(inspect.getsource(words))) if isinstance(node, ast.DictComp)]
    rows = [row for row in table.generators[0].iter.elts if not isinstance(row, ast.Starred)]  # type: ignore[attr-defined]
    keys = [
        *(ast.literal_eval(row)[0] for row in rows),
        *(key for key, _, _ in (*RECORD_WORDS, *CUSTOMER_WORDS, *BULK_WORDS)),
    ]
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    assert set(keys) == set(WORDS)


def test_every_code_has_both_languages() -> None:
    tables = [table for table in vars(terms).values() if isinstance(table, dict)]
    texts = [text for table in tables for text in table.values() if isinstance(text, Text)]
    assert len(texts) > 80
    assert all(text.en and text.zh for text in texts)


def test_templates_use_known_words_and_no_word_is_left_over() -> None:
    used = {key for text in TEMPLATES.values() for key in re.findall(r"say\('([a-z_0-9]+)'", text)}
    assert used <= set(WORDS)
    elsewhere = {"signed_out", "page_missing", "approve", "decline", "ask", "approve_help", "decline_help", "ask_help"}
    built = {key for key in WORDS if key.startswith(("title_", "said_"))} | elsewhere
    assert set(WORDS) - used - built == set()


def test_templates_hold_no_script_and_no_inline_style() -> None:
    for name, text in TEMPLATES.items():
        assert "<script" not in text, name
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text), name
        assert "|safe" not in text.replace(" ", ""), name


def test_the_language_is_the_persons_own_until_another_is_asked_for(bench: Bench) -> None:
    browser = bench.sign_in("feng")
    own = browser.get("/")
    assert '<html lang="zh-Hans">' in own.text
    assert "目前没有待您审批的申请单。" in own.text
    switched = browser.get("/?lang=en")
    assert '<html lang="en">' in switched.text
    assert 'href="/?lang=zh" lang="zh-Hans"' in switched.text
    assert "Nothing waits for your vote." in browser.get("/").text


def test_a_visitor_gets_the_browsers_language(bench: Bench) -> None:
    headers = {"accept-language": "fr;q=0.9, zh-CN;q=0.8, en;q=0.3"}
    assert "用户名" in bench.visitor().get("/sign-in", headers=headers).text
    assert "Username" in bench.visitor().get("/sign-in", headers={"accept-language": "fr"}).text
    assert "Username" in bench.visitor().get("/sign-in", headers={"accept-language": "zh;q=x, en;q=0.1"}).text


def test_the_switch_keeps_the_rest_of_the_address(bench: Bench) -> None:
    text = bench.sign_in("ada").get("/cases?status=voting").text
    assert 'href="/cases?status=voting&amp;lang=zh"' in text


def test_a_case_reads_in_chinese(bench: Bench) -> None:
    reference = bench.open_case()
    text = bench.sign_in("feng").get(f"/cases/{reference}").text
    for part in ("财务、法务会审", "未能查清的事项", "进行中的破产程序：未知", "缩短账期", "来源超时", "审批中"):
        assert part in text


def test_refusals_are_told_in_chinese(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("ada")
    assert "本申请由您发起，您不能对其发表审批意见。" in browser.get(f"/cases/{reference}?lang=zh").text
    missing = browser.get("/cases/GH-2026-999999")
    assert missing.status_code == 404
    assert "没有该申请单。" in missing.text


def test_refusals_of_the_desk_itself_are_told_in_chinese(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("lena")
    path = f"/cases/{reference}"
    key = {"form_key": form_key(browser, path)}
    for where, fields, told in (
        (f"{path}/code", {**key, "choice": "approve", "assessment": "f" * 64}, "该审批意见针对的评估已不是当前评估。"),
        (f"{path}/rulings", {**key, "ruling": "maybe"}, "裁定无法受理。"),
        (f"{path}/look", key, "抽检意见无法受理。"),
        (f"{path}/take", {}, "此表单不是从审批台发出的。"),
    ):
        assert told in browser.post(f"{where}?lang=zh", data=fields).text
    typed = {**key, "assessment": bench.sha256(reference), "choice": "approve", "limit": "很多"}
    shown = browser.post(f"{path}/votes", data=typed).text
    assert "审批意见无法受理。" in shown
    assert "降低后的额度 “很多”：金额，例如 250000 或 250,000.50" in shown
    assert "无法按此条件筛选申请单。" in browser.get("/cases?status=odd").text


@pytest.mark.parametrize(
    ("voter", "sha256", "ballot"),
    [
        ("ada", None, Ballot(choice=Choice.APPROVE)),
        ("lena", "f" * 64, Ballot(choice=Choice.APPROVE)),
        ("otto", None, Ballot(choice=Choice.APPROVE)),
        ("mira", None, Ballot(choice=Choice.APPROVE)),
        ("lena", None, Ballot(choice=Choice.DECLINE)),
        ("lena", None, Ballot(choice=Choice.APPROVE, accepted={"other": "why"})),
        ("lena", None, Ballot(choice=Choice.APPROVE, accepted={"open_insolvency": " "})),
        ("lena", None, Ballot.model_validate({"choice": "approve", "limit": "999999"})),
    ],
)
def test_every_refusal_of_a_ballot_has_its_chinese(
    bench: Bench, voter: str, sha256: str | None, ballot: Ballot
) -> None:
    reference = bench.open_case()
    book = bench.house.casebook
    poll = book.voting.poll(reference, 1)
    assert poll is not None
    with pytest.raises(NotAllowed) as refused:
        check_ballot(poll, [], book.people.get(voter), sha256 or poll.assessment, ballot)
    for sentence in (refused.value.message, refused.value.remedy):
        assert not sentence.en or sentence.zh != sentence.en


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (terms.STATUSES, CaseStatus),
        (terms.KINDS, CaseKind),
        (terms.OUTCOMES, get_args(Outcome)),
        (terms.DECIDED_BY, get_args(DecidedBy)),
        (terms.CHOICES, Choice),
        (terms.EFFECTS, get_args(Effect)),
        (terms.STAGE_STATES, get_args(StageState)),
        (terms.IDENTIFIERS, CHECKS),
        (terms.LEGAL_KINDS, LegalKind),
        (terms.LEGAL_STATES, LegalStatus),
        (terms.EVENTS, EventKind),
        (terms.SEATS, DEPARTMENTS + ROLES),
    ],
)
def test_every_code_of_the_domain_has_words(table: dict[str, Text], codes: Iterable[str]) -> None:
    assert set(table) == set(map(str, codes))
