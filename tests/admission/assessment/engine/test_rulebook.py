"""What a policy makes of one case, whichever rules hold for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.assessment.engine.caps import Sums
from admission.assessment.engine.case import CaseFigures, Figures
from admission.assessment.engine.rulebook import Reckoning, Rulebook
from admission.cases import CaseKind
from admission.policy import AmountRange, Appetite, Caps, Policy, When
from tests.admission.build import REFERENCE, SOUND, application, case_figures, default_policy, metrics

POLICY = default_policy()
ABOVE = AmountRange(above=Decimal(10_000))


def figures(unit: str) -> Figures:
    return Figures.of(metrics({"tangible_net_worth": Decimal(800)}, unit=unit).values())


def case(limit: str = "20000", values: Any = SOUND, **besides: Any) -> CaseFigures:
    asked = application(requested={"limit": limit, "currency": "USD", "terms_days": 30})
    made = case_figures(asked, metrics(values))
    return made._replace(besides=made.besides._replace(**besides))


def reckoned(policy: Policy, of: CaseFigures) -> Reckoning:
    return Rulebook(policy).reckon(of, REFERENCE)


def only(name: str, *others: str, **changes: Any) -> Policy:
    """The policy with a few criteria alone, the first of them changed."""
    found = {item.id: item for item in POLICY.criteria}
    criteria = (found[name].model_copy(update=changes), *(found[other] for other in others))
    return POLICY.model_copy(update={"criteria": criteria})


YOUNG = {**SOUND, "years_trading": Decimal(0)}


@pytest.mark.parametrize(("limit", "held"), [("10000", False), ("10001", True)])
@pytest.mark.parametrize("others", [("accounts_age",), ()], ids=["among others", "alone"])
def test_a_criterion_for_some_amounts_holds_for_those_alone(limit: str, held: bool, others: tuple[str, ...]) -> None:
    policy = only("years_trading", *others, when=When(amount=ABOVE))
    made = reckoned(policy, case(limit, YOUNG))
    assert [item.id for item in made.criteria] == [*(["years_trading"] if held else []), *others]
    assert [item.id for item in made.against] == (["years_trading"] if held else [])
    assert Rulebook(policy).against(case(limit, YOUNG), REFERENCE) == list(made.against)


def test_a_rulebook_applies_the_rules_of_each_case_whichever_came_before() -> None:
    book = Rulebook(only("years_trading", when=When(amount=ABOVE)))
    told = [len(book.reckon(case(limit, YOUNG), REFERENCE).against) for limit in ("20000", "5000", "20000")]
    assert told == [1, 0, 1]


def test_a_company_that_is_knocked_out_is_granted_nothing_and_any_other_its_limit() -> None:
    policy = only("years_trading", effect="reject")
    out, inside = reckoned(policy, case(values=YOUNG)), reckoned(policy, case())
    assert (out.rejected, out.recommended) == (True, Decimal(0))
    assert (inside.rejected, inside.recommended) == (False, inside.limit.amount)
    assert inside.limit.amount > 0


def test_what_an_override_covers_is_overridden_and_nothing_else() -> None:
    policy = only("years_trading", "accounts_age")
    values = {**YOUNG, "accounts_age_months": Decimal(99)}
    free, covered = (
        {item.id: item.overridden for item in reckoned(policy, case(values=values, overridden=names)).against}
        for names in (frozenset[str](), frozenset({"years_trading"}))
    )
    assert free == {"years_trading": False, "accounts_age": False}
    assert covered == {"years_trading": True, "accounts_age": False}


def names_of(made: Reckoning) -> list[str]:
    return [treatment.id for treatment in made.offer.treatments]


def test_security_is_asked_for_once_where_rules_want_it_and_the_grade_does_not_have_it() -> None:
    secured, free = (only("years_trading", effect=effect) for effect in ("secured_only", "refer"))
    wanted, unwanted = reckoned(secured, case(values=YOUNG)), reckoned(free, case(values=YOUNG))
    assert wanted.offer.inputs.secured
    assert not unwanted.offer.inputs.secured
    assert set(names_of(wanted)) - set(names_of(unwanted)) == {"security"}
    grades = tuple(
        grade.model_copy(update={"secured": True, "treatments": ("prepayment",)}) for grade in secured.grades
    )
    by_grade = reckoned(secured.model_copy(update={"grades": grades}), case(values=YOUNG))
    assert by_grade.offer.inputs.secured
    assert names_of(by_grade) == ["prepayment"]


@pytest.mark.parametrize(("kind", "added"), [(CaseKind.ONBOARDING, 20_000), (CaseKind.REVIEW, 30_000)])
def test_a_review_adds_to_exposure_what_stands_where_that_is_more(kind: CaseKind, added: int) -> None:
    policy = POLICY.model_copy(update={"appetite": Appetite(caps=Caps(total=Decimal(10**6)))})
    counted: Any = {("total", ""): Sums({"USD": Decimal(5)}, {})}
    of = case(values=SOUND, counted=counted, own=(Decimal(30_000), "USD"))
    (use,) = reckoned(policy, of._replace(kind=kind)).caps
    assert use.added.amount == Decimal(added)
