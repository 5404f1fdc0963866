"""What answers leave open: gaps, and the findings that tell of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.answers import Answer, Coverage, Gap
from admission.evidence.facts import Doubt, Facts, Untold
from admission.evidence.findings import Verdict, Weight
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric
from admission.metrics.derive import MetricInputs, derive_metrics
from admission.metrics.left_open import open_findings
from admission.metrics.registers import DISTRESS_DAYS, INSOLVENCY_DAYS
from tests.admission.build import AS_OF, EXCHANGE, answered, application, profile, say, statement

WHY = say("it files no 8-K")


def untold(*topics: Topic, before: date | None = None, since: date | None = None) -> Untold:
    return Untold(source="register", evidence="ev", topics=topics, why=WHY, before=before, since=since)


def derived(facts: Facts, **changes: Any) -> dict[str, Metric]:
    inputs = MetricInputs(application(), EXCHANGE)._replace(**changes)
    return derive_metrics(facts, answered().without_untold(facts.untold, AS_OF), inputs)


def test_what_an_answer_leaves_open_is_a_gap_with_its_reason() -> None:
    covered = answered().without_untold([untold(Topic.INSOLVENCY, Topic.FILINGS)], AS_OF)
    assert covered.gaps == tuple(
        Gap(topic=topic, source="register", answer=Answer.FOUND, message=WHY)
        for topic in (Topic.INSOLVENCY, Topic.FILINGS)
    )
    assert not covered.complete(Topic.INSOLVENCY)
    assert covered.complete(Topic.IDENTITY)


def test_it_begins_on_its_day() -> None:
    row = untold(Topic.INSOLVENCY, since=AS_OF)
    assert answered().without_untold([row], AS_OF - timedelta(days=1)) == answered()
    assert not answered().without_untold([row], AS_OF).complete(Topic.INSOLVENCY)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("distress_filings_24m", DISTRESS_DAYS),
        ("registered_active", DISTRESS_DAYS),
        ("open_insolvency", INSOLVENCY_DAYS),
        ("insolvency_history", INSOLVENCY_DAYS),
    ],
)
def test_what_is_left_open_of_long_ago_matters_only_to_what_asks_so_far_back(name: str, days: int) -> None:
    topics = (Topic.INSOLVENCY, Topic.FILINGS)
    asked_back_to = AS_OF - timedelta(days=days)
    unread = Facts.of([profile(), untold(*topics, before=asked_back_to + timedelta(days=1))])
    found = derived(unread)[name]
    assert found.value is None
    assert found.unknown is not None
    assert found.unknown.en == f"could not be checked: {WHY.en}"
    far_enough = Facts.of([profile(), untold(*topics, before=asked_back_to)])
    assert derived(far_enough)[name].value is not None


def test_accounts_that_cannot_be_read_may_be_the_newest() -> None:
    facts = Facts.of([profile(), statement(), untold(Topic.ACCOUNTS)])
    found = derived(facts)
    assert [
        name for name in ("total_assets", "equity_ratio", "tangible_net_worth") if found[name].value is not None
    ] == []


def test_each_thing_left_open_gives_one_finding() -> None:
    doubt = Doubt(figure="total_assets", why=say("stated twice"))
    facts = Facts.of(
        [
            untold(Topic.INSOLVENCY),
            untold(Topic.FILINGS),
            untold(Topic.CHARGES, since=AS_OF + timedelta(days=1)),
            untold(Topic.INSOLVENCY, before=AS_OF - timedelta(days=INSOLVENCY_DAYS)).model_copy(
                update={"why": say("long ago")}
            ),
            statement(total_assets=None, doubts=(doubt,)),
        ]
    )
    findings = open_findings(facts, AS_OF)
    assert [finding.message for finding in findings] == [WHY, doubt.why]
    assert {(finding.code, finding.verdict, finding.weight) for finding in findings} == {
        ("facts.left_open", Verdict.UNKNOWN, Weight.WARNING)
    }


def test_a_doubt_is_the_reason_of_all_that_rests_on_it() -> None:
    doubt = Doubt(figure="total_assets", why=say("stated twice"))
    found = derived(Facts.of([statement(total_assets=None, doubts=(doubt,))]))
    resting = ("total_assets", "debt_ratio", "equity_ratio", "return_on_assets", "altman_z2")
    assert {name: found[name].unknown for name in resting} == dict.fromkeys(resting, doubt.why)
    assert found["current_ratio"].value == Decimal(2)


def test_doubtful_liabilities_are_not_reckoned_from_the_other_side() -> None:
    doubt = Doubt(figure="total_liabilities", why=say("stated twice"))
    found = derived(Facts.of([statement(total_liabilities=None, doubts=(doubt,))]))
    assert found["debt_ratio"].unknown == doubt.why
    assert found["cash_flow_to_debt"].unknown == doubt.why


def test_no_intangibles_in_doubt_flatter_the_net_worth() -> None:
    doubt = Doubt(figure="intangible_assets", why=say("not stated in this layout"))
    found = derived(Facts.of([statement(intangible_assets=None, doubts=(doubt,))]))
    assert found["tangible_net_worth"].unknown == doubt.why


@pytest.mark.parametrize(
    ("failed", "known"),
    [
        ({"period_end": date(2025, 12, 31)}, False),
        ({"period_end": date(2024, 6, 30)}, True),
        ({"period_end": date(2024, 12, 31), "consolidated": True}, True),
    ],
    ids=["newer", "older", "of-the-same-day"],
)
def test_accounts_that_fail_do_not_give_way_to_those_of_the_year_before(failed: dict[str, object], known: bool) -> None:
    before = statement(period_start=date(2024, 1, 1), period_end=date(2024, 12, 31))
    inputs: dict[str, Any] = {"spoiled": ("statements",), "failed_accounts": (statement(**failed),)}
    found = derived(Facts.of([profile(), before]), **inputs)
    for name in ("total_assets", "equity_ratio", "interest_cover", "accounts_age_months"):
        assert (found[name].value is not None) is known
        if (why := found[name].unknown) is not None:
            assert why.en == "the newest accounts, of 2025-12-31, failed a blocking check"


def test_a_group_s_accounts_that_fail_do_not_give_way_to_the_parent_s() -> None:
    parent, group = statement(consolidated=False), statement(consolidated=True)
    inputs: dict[str, Any] = {"spoiled": ("statements",), "failed_accounts": (group,)}
    assert derived(Facts.of([parent]), **inputs)["total_assets"].value is None
    inputs = {"spoiled": ("statements",), "failed_accounts": (parent,)}
    assert derived(Facts.of([group]), **inputs)["total_assets"].value is not None


def test_a_gap_is_told_by_source_and_answer_or_by_what_the_answer_said() -> None:
    covered = Coverage(gaps=(Gap(topic=Topic.INSOLVENCY, source="courts", answer=Answer.UNAVAILABLE),))
    facts = Facts.of([untold(Topic.INSOLVENCY)])
    found = derive_metrics(facts, covered.without_untold(facts.untold, AS_OF), MetricInputs(application(), EXCHANGE))
    assert found["open_insolvency"].unknown is not None
    assert found["open_insolvency"].unknown.en == f"could not be checked: courts (unavailable), {WHY.en}"
