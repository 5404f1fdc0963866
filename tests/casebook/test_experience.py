"""What was known at decision time, and how the debts went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from admission.approval.votes import Poll, electorate
from admission.assessment.assessing import Dossier
from admission.assessment.exposure import Exposure, Held
from admission.cases import Case, CaseKind, Step
from admission.customers.experience import Performance, snapshot_of
from admission.errors import BadInput, Conflict, NotFound
from admission.model import canonical_json, digest
from admission.money import Exchange, Rate, RateTable
from casebook import Casebook
from casebook.database import schema
from casebook.database.store import Store
from casebook.work import Assessed
from tests.casebook.build import (
    CREDIT,
    PASSWORD,
    PEOPLE,
    START,
    HandClock,
    application,
    assessment,
    desk_stage,
    evidence,
    facts,
    opened,
    snapshot,
    validation,
    voting_on,
)
from tests.casebook.earlier import forget_duties_and_credentials
from tests.casebook.proof.test_verification import verified
from tests.casebook.test_voting import cast

RunSql = Callable[[str], list[Any]]
TODAY = date(2027, 3, 1)


def admitted(casebook: Casebook, name: str = "Northern Example Works Ltd") -> Case:
    case = opened(casebook, name)
    voting_on(casebook, case, stage=desk_stage(CREDIT))
    cast(casebook, case.reference, "bo")
    return casebook.cases.get(case.reference)


def debt(case: Case, outcome: str = "paid", on: str = "2027-01-15", **more: Any) -> Performance:
    given = {"case": case.reference, "company_key": case.company_key, "outcome": outcome, "on": on, "by": "bo"}
    return Performance.model_validate({**given, "at": START, **more})


def test_a_snapshot_is_read_with_what_was_decided_and_how_it_went(casebook: Casebook) -> None:
    case = admitted(casebook)
    undecided = opened(casebook, "Southern Example Works Ltd")
    made = assessment(grade="C")
    casebook.work.save_assessment(Assessed(undecided.reference, 1, made, snapshot(undecided.reference, made)))
    paid = casebook.experience.record(debt(case), TODAY)

    first, second = casebook.experience.snapshots()

    assert (first.reference, first.grade, first.route, first.kind) == (case.reference, "B", "desk", CaseKind.ONBOARDING)
    assert first.metrics == {"debt_ratio": Decimal("0.425"), "open_insolvency": False, "industry_code": "uk-sic:47110"}
    assert (first.requested, first.currency, first.house_amount) == (Decimal(5000), "GBP", Decimal(5000))
    assert (first.outcome, first.decided_by, first.granted) == ("admitted", "people", Decimal(4000))
    assert (first.decided_on, first.performance, first.bad) == (START.date(), (paid,), False)
    assert (second.grade, second.outcome, second.granted, second.bad) == ("C", None, None, None)
    assert list(casebook.experience.snapshots(since=date(2026, 11, 3))) == []
    assert len(list(casebook.experience.snapshots(until=date(2026, 11, 2)))) == 2
    assert verified(casebook).flaws == ()


def test_the_snapshot_is_of_the_assessment_that_was_saved_last_and_stays_once_people_vote(
    casebook: Casebook, run_sql: RunSql
) -> None:
    reference = opened(casebook).reference
    for grade in ("B", "C"):
        made = assessment(grade=grade)
        casebook.work.save_assessment(Assessed(reference, 1, made, snapshot(reference, made)))
    (kept,) = casebook.experience.snapshots()
    assert (kept.grade, kept.assessment) == ("C", assessment(grade="C").sha256)
    case = opened(casebook, "Southern Example Works Ltd")
    voting_on(casebook, case)
    with pytest.raises(Exception, match="never changed or removed"):
        run_sql(f"UPDATE snapshots SET grade = 'A' WHERE case_ref = '{case.reference}'")
    with pytest.raises(Exception, match="never changed or removed"):
        run_sql("DELETE FROM snapshots")


def test_a_later_round_has_a_snapshot_of_its_own_and_is_the_one_that_is_read(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    casebook.cases.open_round(case.reference, "new accounts", "bo")
    made = assessment(grade="A")
    assert list(casebook.experience.snapshots()) == []
    casebook.work.save_assessment(Assessed(case.reference, 2, made, snapshot(case.reference, made, number=2)))
    (read,) = casebook.experience.snapshots()
    assert (read.round, read.grade, read.outcome) == (2, "A", None)


def test_a_correction_takes_the_place_of_a_record_that_stays_readable(casebook: Casebook) -> None:
    case = admitted(casebook)
    late = casebook.experience.record(debt(case, "late", days_late=40, amount="1200.50", currency="GBP"), TODAY)
    bad = casebook.experience.record(debt(case, "defaulted", "2027-02-20", corrects=late.id, note="sold on"), TODAY)
    assert casebook.experience.of(case.reference) == [late, bad]
    assert casebook.experience.of_company(case.company_key) == [late, bad]
    (known,) = casebook.experience.snapshots()
    assert (known.performance, known.bad) == ((bad,), True)
    with pytest.raises(Conflict, match="corrected already") as caught:
        casebook.experience.record(debt(case, corrects=late.id), TODAY)
    assert f"record {bad.id}" in caught.value.remedy.en
    with pytest.raises(NotFound, match="no such record"):
        casebook.experience.record(debt(case, corrects=999), TODAY)
    event = casebook.history.of(case.reference)[-1]
    assert (event.actor, event.act) == ("bo", "performance.recorded")
    assert event.detail == {"record": str(bad.id), "outcome": "defaulted", "on": "2027-02-20", "corrects": str(late.id)}
    assert verified(casebook).flaws == ()


def test_a_record_of_another_case_is_corrected_onto_the_right_one(casebook: Casebook) -> None:
    wrong, right = admitted(casebook), admitted(casebook, "Southern Example Works Ltd")
    first = casebook.experience.record(debt(wrong, "defaulted"), TODAY)
    casebook.experience.record(debt(right, "defaulted", corrects=first.id), TODAY)
    assert [known.bad for known in casebook.experience.snapshots()] == [None, True]


@pytest.mark.parametrize("on", ["2026-11-01", "2027-03-02"])
def test_a_day_before_the_credit_or_after_today_is_refused(casebook: Casebook, on: str) -> None:
    case = admitted(casebook)
    with pytest.raises(BadInput) as caught:
        casebook.experience.record(debt(case, on=on), TODAY)
    assert caught.value.problems[0].expected.en == "a day from 2026-11-02, when credit was granted, to 2027-03-01"


def test_without_credit_there_is_no_performance(casebook: Casebook, run_sql: RunSql) -> None:
    with pytest.raises(BadInput, match="No credit was granted"):
        casebook.experience.record(debt(opened(casebook)), TODAY)
    case = admitted(casebook, "Southern Example Works Ltd")
    casebook.experience.record(debt(case), TODAY)
    for statement in ("UPDATE performance SET outcome = 'defaulted'", "DELETE FROM performance"):
        with pytest.raises(Exception, match="never changed or removed"):
            run_sql(statement)


@pytest.fixture
def before_snapshots(empty_url: str, blobs: Path) -> str:
    """A casebook of the schema before there were snapshots, with one assessed case in it."""
    book = Casebook.open(empty_url, blobs, clock=HandClock())
    book.create()
    case = book.cases.open(application(), kind=CaseKind.ONBOARDING, requester=None, channel="desk")[0]
    rates = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 10, 1), per_unit=Decimal("1.25"))])
    policy = canonical_json({"house_currency": "USD"})
    made = assessment().model_copy(
        update={"policy": assessment().policy.model_copy(update={"sha256": digest({"house_currency": "USD"})})}
    )
    book.evidence.add(case.reference, 1, evidence().model_copy(update={"sha256": None}))
    book.work.save_facts(case.reference, 1, facts())
    book.work.save_validation(case.reference, 1, validation())
    book.work.save_assessment(Assessed(case.reference, 1, made, snapshot(case.reference, made)))
    book.pins.keep("policy", digest({"house_currency": "USD"}), policy)
    book.pins.keep("rates", rates.sha256, rates.document)
    book.cases.complete_step(case.reference, 1, Step.ASSESS, {"assessment": made.sha256, "rates": rates.sha256})
    book.close()
    _forget_snapshots(empty_url)
    return empty_url


def _forget_snapshots(url: str) -> None:
    """Take the database back to the schema before, as that version would have left it."""
    store = Store(url, HandClock())
    with store.engine.begin() as connection:
        forget_duties_and_credentials(connection)
        for name in ("performance", "snapshots", "shadow_results", "shadows", "policy_versions"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        if not url.startswith("sqlite"):
            for name in ("snapshots", "shadows", "policy_versions"):
                connection.exec_driver_sql(f"DROP FUNCTION casebook_refuse_{name}_change()")
        config = schema.alembic_config(connection)
        ours = ScriptDirectory.from_config(config).get_revision("0006")
        command.stamp(config, str(ours.down_revision))
    store.close()


@pytest.mark.usefixtures("unsealed")
def test_assessments_from_before_get_their_snapshots_when_the_casebook_is_brought_up_to_date(
    before_snapshots: str, blobs: Path
) -> None:
    book = Casebook.open(before_snapshots, blobs, clock=HandClock(START + timedelta(days=1)))
    book.create()
    book.create()
    (known,) = book.experience.snapshots()
    assert (known.house_amount, known.house_currency, known.grade) == (Decimal("6250.00"), "USD", "B")
    assert (known.failed_finding, known.silent_source, known.overridden) == (False, False, False)
    acts = [event.act for event in book.history.of(known.reference)]
    assert acts.count("snapshot.filled_in") == 1
    assert verified(book).flaws == ()
    book.close()


def _forget_circumstances(url: str) -> None:
    """Take the database back to the schema before snapshots kept what a case rested on besides."""
    store = Store(url, HandClock())
    with store.engine.begin() as connection:
        forget_duties_and_credentials(connection)
        sqlite = url.startswith("sqlite")
        if sqlite:
            connection.exec_driver_sql("DROP TRIGGER snapshots_refuse_update")
        connection.exec_driver_sql("ALTER TABLE snapshots DROP COLUMN circumstances")
        if sqlite:
            connection.exec_driver_sql(
                "CREATE TRIGGER snapshots_refuse_update BEFORE UPDATE ON snapshots WHEN EXISTS "
                "(SELECT 1 FROM polls WHERE polls.case_ref = OLD.case_ref AND polls.round = OLD.round) "
                "BEGIN SELECT RAISE(ABORT, 'rows of snapshots are never changed or removed'); END"
            )
        command.stamp(schema.alembic_config(connection), "0006")
    store.close()


@pytest.mark.usefixtures("unsealed")
def test_snapshots_from_before_are_told_what_the_case_rested_on_and_stay_after_that(
    empty_url: str, blobs: Path
) -> None:
    book = Casebook.open(empty_url, blobs, clock=HandClock())
    book.create()
    for person in PEOPLE:
        book.people.add(person, PASSWORD)
    case = opened(book)
    exposure = Exposure(held=(Held(kind="total", amounts={"GBP": Decimal("0.50")}),))
    made = assessment(stages=(desk_stage(),)).model_copy(update={"exposure": exposure, "group_exposure": Decimal(0)})
    asked = book.cases.get(case.reference).application
    told = Dossier(asked, CaseKind.ONBOARDING, (), validation(), exposure=exposure, group_exposure=Decimal(0))
    before = snapshot_of(case.reference, 1, told, made, Exchange(RateTable(), "GBP", made.as_of))
    book.work.save_assessment(Assessed(case.reference, 1, made, before))
    poll = Poll(
        case=case.reference,
        round=1,
        assessment=made.sha256,
        stages=(desk_stage(),),
        electorate=electorate((desk_stage(),), book.people.all(), case.requester),
        unknowns=(),
        requester=case.requester,
        recommended_limit=Decimal(4000),
        currency="GBP",
        opened_at=START,
    )
    book.voting.open_poll(poll)
    book.close()
    _forget_circumstances(empty_url)

    later = Casebook.open(empty_url, blobs, clock=HandClock(START + timedelta(days=1)))
    later.create()
    (known,) = later.experience.snapshots()

    assert known.circumstances == before.circumstances
    assert known.circumstances is not None
    assert known.circumstances.counted == {("total", ""): ({"GBP": Decimal("0.5")}, {})}
    acts = [event.act for event in later.history.of(known.reference)]
    assert acts.count("snapshot.filled_in") == 1
    assert verified(later).flaws == ()
    later.close()
    for statement in ("SET circumstances = '{}'", "SET grade = 'A'"):
        store = Store(empty_url, HandClock())
        with pytest.raises(Exception, match="never changed or removed"), store.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE snapshots {statement}")
        store.close()
