"""Caps in a batch: the customers' limits are read once, and each one admitted counts for the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from admission.assessment.exposure import CapKind
from admission.cases import CaseKind
from intake.applications import read_applications
from services.batches import walk_chunk
from services.exposure import read_ledger, update_ledger
from services.replay import replay_one
from tests.conftest import ROOT
from tests.services.conftest import STORY
from wiring import House, Settings

SAMPLE = ROOT / "sandbox" / "applicants" / f"{STORY}.yaml"


def capped_house(at: House, tmp_path: Path, caps: str) -> House:
    policy = tmp_path / "policy.yaml"
    text = (ROOT / "policies" / "default.yaml").read_text(encoding="utf-8")
    policy.write_text(f"{text}\nappetite: {{caps: {caps}}}\n", encoding="utf-8")
    return House(Settings(policy=policy), clock=at.clock)


def opened(house: House) -> str:
    (application,) = read_applications(SAMPLE).applications
    case, _ = house.casebook.cases.open(application, kind=CaseKind.ONBOARDING, requester="analyst", channel="desk")
    return case.reference


@pytest.mark.parametrize(
    ("cap", "stands", "route"), [("1000000", "admitted", "fast_track"), ("1", "voting", "committee")]
)
def test_a_case_that_would_pass_a_cap_waits_for_the_committee(
    at: House, tmp_path: Path, cap: str, stands: str, route: str
) -> None:
    house = capped_house(at, tmp_path, f'{{total: "{cap}"}}')
    reference = opened(house)
    (row,) = walk_chunk(house, [reference], "a run")
    assert (row.stands, row.route) == (stands, route)
    assert replay_one(at, reference).result == "same"
    house.casebook.close()


def test_who_was_admitted_counts_for_the_next_and_not_twice_for_itself(at: House, tmp_path: Path) -> None:
    house = capped_house(at, tmp_path, '{total: "1000000", industry: {"uk-sic:10": "900000"}}')
    first = opened(house)
    walk_chunk(house, [first], "a run")
    (customer,) = house.casebook.customers.all()
    assert customer.industry_code == "uk-sic:10831"
    assessment = house.casebook.work.assessment(first, 1)
    assert assessment is not None
    assert assessment.exposure is not None
    assert [(held.kind, held.amounts) for held in assessment.exposure.held] == [("industry", {}), ("total", {})]

    ledger = read_ledger(house, house.policy_in_force())
    assert ledger is not None
    caps: dict[CapKind, tuple[str, ...]] = {"total": ("",), "industry": ("uk-sic:10",)}
    of_another, own = ledger.sum_others("another", caps), ledger.sum_others(customer.company_key, caps)
    assert [held.amounts for held in of_another.held] == [{customer.currency: customer.limit}] * 2
    assert [held.amounts for held in own.held] == [{}, {}]
    assert own.own is not None
    update_ledger(house, ledger, customer.company_key)
    assert ledger.sum_others("another", caps) == of_another
    house.casebook.close()


def test_without_caps_nothing_is_read(at: House) -> None:
    assert read_ledger(at, at.policy_in_force()) is None
