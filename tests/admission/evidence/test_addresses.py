"""A source that is asked anywhere but at its own address may be anybody."""

from __future__ import annotations

import pytest

from admission.evidence.addresses import OTHER_ADDRESS, address_findings, other_address, said_of
from admission.evidence.answers import Answer, Evidence
from admission.evidence.findings import Verdict, Weight
from admission.evidence.gathering import gather
from admission.memo.documents import CaseFile, case_document
from admission.memo.memo import credit_memo, escape
from admission.model import Language
from tests.admission.asking import SEARCH, SUBJECT, Source, Store, desk
from tests.admission.assessment.test_assessing import EVIDENCE, assessed
from tests.admission.build import evidence
from tests.admission.memo.test_memo import case

CARD = "https://register.example.org/v1"
FORGED = "http://127.0.0.1:5399"


@pytest.mark.parametrize(
    ("asked", "stand_in", "told"),
    [
        ("https://register.example.org/v1/company/1", None, None),
        ("https://REGISTER.example.org:443/other", None, None),
        ("http://register.example.org/v1/company/1", None, "http://register.example.org"),
        ("https://register.example.org:8443/v1", None, "https://register.example.org:8443"),
        ("https://register.example.org.evil.example/v1", None, "https://register.example.org.evil.example"),
        ("https://register.example.org@evil.example/v1", None, "https://evil.example"),
        (f"{FORGED}/evil/company/1", None, FORGED),
        ("http://[::1]:5399/x", None, "http://[::1]:5399"),
        ("http://127.0.0.1:4300/register/company/1", "http://127.0.0.1:4300", None),
        (f"{FORGED}/register/company/1", "http://127.0.0.1:4300", FORGED),
    ],
)
def test_only_the_cards_own_origin_and_a_demos_sandbox_are_its_own(
    asked: str, stand_in: str | None, told: str | None
) -> None:
    assert other_address(CARD, asked, stand_in) == told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("ledger:L3", None),
        ("list:cn_paper_overdue/2026-11", None),
        ("", None),
        ("https://evil.example/ledger", "https://evil.example"),
        (FORGED, FORGED),
    ],
)
def test_what_the_house_itself_holds_was_told_by_no_host(asked: str, told: str | None) -> None:
    assert other_address("", asked) == told
    assert other_address(CARD, "ledger:L3") is not None


def gathered(base_url: str, store: Store, stand_in: str | None = None) -> Evidence:
    """Ask a source that answers at http://127.0.0.1 and whose card has another address."""
    source = Source(SEARCH).says("search", b"Alder Mills")
    source.card = source.card.model_copy(update={"base_url": base_url})
    given = desk(store)._replace(stand_in=stand_in)
    (item,) = gather(source, SUBJECT, given, reference="GH-1", round_number=1)
    return item


def test_the_address_is_written_when_the_source_is_asked() -> None:
    assert gathered(CARD, Store()).other_address == "http://127.0.0.1"
    assert gathered(CARD, Store(), stand_in="http://127.0.0.1/sandbox").other_address is None


def test_an_answer_from_its_own_address_is_written_as_it_always_was() -> None:
    item = gathered("http://127.0.0.1", Store())
    assert item.other_address is None
    assert "other_address" not in item.model_dump(mode="json")


def test_an_answer_that_is_used_again_keeps_the_address_it_came_from() -> None:
    store = Store()
    gathered(CARD, store)
    back = Source(SEARCH)
    back.card = back.card.model_copy(update={"base_url": CARD})
    (again,) = gather(back, SUBJECT, desk(store), reference="GH-2", round_number=1)
    assert (again.reused, again.other_address, back.asked) == (True, "http://127.0.0.1", [])


def test_a_source_that_gave_no_answer_has_no_address_to_tell() -> None:
    (item,) = gather(Source(SEARCH, configured=False), SUBJECT, desk(Store()), reference="GH-1", round_number=1)
    assert (item.answer, item.other_address) == (Answer.NOT_CONFIGURED, None)


def test_one_finding_for_each_source_and_address() -> None:
    forged = evidence(id="a").model_copy(update={"other_address": FORGED})
    findings = address_findings([forged, forged.model_copy(update={"id": "b"}), evidence(id="c")])
    (finding,) = findings
    assert (finding.code, finding.verdict, finding.weight) == (OTHER_ADDRESS, Verdict.FAIL, Weight.WARNING)
    assert (finding.source, finding.evidence) == (forged.source, ("a", "b"))
    assert finding.message.en == f"{forged.source} was asked at {FORGED}, which is not its own address"
    assert finding.message.zh == f"{forged.source} 是在 {FORGED} 查询的，并非该来源自身的地址"


FROM_ELSEWHERE = (EVIDENCE[0].model_copy(update={"other_address": FORGED}), *EVIDENCE[1:])


def test_it_bars_the_fast_track_and_says_why() -> None:
    honest, forged = assessed(), assessed(items=FROM_ELSEWHERE)
    assert (honest.route.kind, forged.route.kind) == ("fast_track", "desk")
    assert [reason.en for reason in forged.route.reasons] == [
        f"register was asked at {FORGED}, which is not its own address"
    ]
    assert [finding.code for finding in forged.findings] == [OTHER_ADDRESS]


def test_it_changes_nothing_else_and_nothing_where_all_were_asked_at_home() -> None:
    honest, forged = assessed().model_dump(mode="json"), assessed(items=FROM_ELSEWHERE).model_dump(mode="json")
    assert [part for part in honest if honest[part] != forged[part]] == ["findings", "route"]
    assert assessed(items=tuple(item.model_copy(update={"url": FORGED}) for item in EVIDENCE)) == assessed()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_memo_says_it_before_all_else_and_beside_the_answer(language: Language) -> None:
    file = CaseFile(case=case(), evidence=FROM_ELSEWHERE, assessment=assessed(items=FROM_ELSEWHERE))
    text, caution = credit_memo(file, language), said_of("register", FORGED).to(language)
    assert f"**{escape(caution)}**" in text.partition("## ")[0]
    (row,) = [line for line in text.splitlines() if line.startswith("| register / profile")]
    assert f"@ {escape(FORGED)} |" in row
    honest = credit_memo(file.model_copy(update={"evidence": EVIDENCE}), language)
    assert escape(FORGED) not in honest.partition("## ")[0]


@pytest.mark.parametrize(("language", "said"), [("en", "A demonstration: "), ("zh", "演示：")])
def test_the_memo_of_a_demonstration_says_that_it_is_one(language: Language, said: str) -> None:
    file = CaseFile(case=case(), evidence=EVIDENCE, assessment=assessed())
    assert said not in credit_memo(file, language)
    text = credit_memo(file.model_copy(update={"demo": True}), language)
    assert 0 < text.index(said) < text.index("## ")


def test_the_document_of_a_case_has_the_address() -> None:
    document = case_document(CaseFile(case=case(), evidence=FROM_ELSEWHERE[:2]))
    assert [item["other_address"] for item in document["evidence"]] == [FORGED, None]
