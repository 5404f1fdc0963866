"""A social credit code whose check characters do not fit is taken, and people are told."""

from __future__ import annotations

from admission.application import parse_application
from admission.assessment.assessing import Dossier, assess
from admission.cases import CaseKind
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation, Verdict, Weight
from admission.evidence.official_numbers import CHECK_CHARACTERS, number_findings
from tests.admission.build import AS_OF, RATES, default_policy, profile
from tests.languages import is_chinese

GOOD, ODD = "91350100M000100Y43", "91350100M000100Y44"


def test_each_odd_code_is_told_once_with_its_source() -> None:
    registers = [profile(identifiers={"uscc": ODD}), profile(identifiers={"uscc": "91350100M000100Y53", "vat": "x"})]
    first, second = number_findings({"uscc": ODD}, registers)
    assert (first.code, first.verdict, first.weight, first.source) == (
        CHECK_CHARACTERS,
        Verdict.UNKNOWN,
        Weight.WARNING,
        "",
    )
    assert first.message.en == (
        f"social credit code {ODD}: its last check character does not fit (GB 32100); "
        "it may be misprinted, or an old one"
    )
    assert is_chinese(first.message)
    assert (second.source, "place 17" in second.message.en) == ("register", True)


def test_codes_that_fit_are_not_told() -> None:
    assert number_findings({"uscc": GOOD, "lei": "x"}, [profile()]) == []


def test_an_application_with_an_odd_code_is_taken_and_its_assessment_says_so() -> None:
    application = parse_application(
        {
            "legal_name": "云杉岭示例机械有限公司",
            "country": "CN",
            "identifiers": {"uscc": ODD.lower()},
            "requested": {"limit": "20000", "currency": "CNY", "terms_days": 30},
        }
    )
    assert application.identifiers == {"uscc": ODD}
    dossier = Dossier(application, CaseKind.ONBOARDING, (), Validation(findings=(), usable=Facts()))
    assessment = assess(dossier, default_policy(), RATES, as_of=AS_OF)
    assert [finding.code for finding in assessment.findings if finding.verdict is Verdict.UNKNOWN].count(
        CHECK_CHARACTERS
    ) == 1
