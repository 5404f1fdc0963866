"""Treatments: figures stand in the words of both languages, and shorten terms and review intervals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.model import Text
from admission.policy import load_policy
from admission.policy.treatments import Treatment
from tests.admission.assessment.test_assessing import assess_under
from tests.admission.build import policy_document, shipped_policies
from tests.admission.policy.test_policy import problems

CLAUSE = Text(
    en="Pay {share} within {days} days; review every {months} months.", zh="{days}天内付{share}，每{months}个月复审。"
)


def test_figures_are_filled_into_the_words_of_both_languages() -> None:
    treatment = Treatment(id="x", text=CLAUSE, clause=CLAUSE, share=Decimal("0.250"), days=14, months=3)
    filled = treatment.filled()
    assert filled.clause == Text(en="Pay 25 % within 14 days; review every 3 months.", zh="14天内付25%，每3个月复审。")
    assert filled.share == Decimal("0.250")
    assert filled.filled() == filled


def test_every_shipped_treatment_says_all_its_figures() -> None:
    for policy in shipped_policies():
        for treatment in policy.treatments:
            filled = treatment.filled()
            texts = (filled.text.en, filled.text.zh, filled.clause.en, filled.clause.zh)
            assert all(text and "{" not in text for text in texts), treatment.id


def changed(**fields: Any) -> Any:
    return lambda document: document["treatments"][1].update(fields)


@pytest.mark.parametrize(
    ("fields", "field", "expected"),
    [
        ({"share": None}, "treatments.deposit_25.clause.en", "a figure that the treatment gives: none"),
        ({"text": {"en": "Deposit of {part}", "zh": "保证金"}}, "treatments.deposit_25.text.en", "gives: share"),
        ({"days": 14}, "treatments.deposit_25.clause.zh", "{days} in the words"),
        ({"share": "1.2"}, "treatments.deposit_25.share", "at most 1"),
        ({"months": 0}, "treatments.deposit_25.months", "at least 1"),
    ],
)
def test_words_and_figures_that_do_not_fit_are_a_mistake(fields: dict[str, Any], field: str, expected: str) -> None:
    found = problems(changed(**fields))
    assert any(problem.field == field and expected in problem.expected.en for problem in found), found


def test_treatments_shorten_terms_and_review_intervals() -> None:
    document = policy_document()
    document["grades"][0]["treatments"] = ["shorter_terms", "closer_review"]
    made = assess_under(load_policy(document))
    assert (made.grade, made.terms.days, made.review_months) == ("A", 14, 3)
    assert [item.text.zh for item in made.treatments] == ["账期不超过14天", "每3个月复审"]
