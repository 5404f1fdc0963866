"""What people judge of a company goes through the door of all evidence; who asked for a customer does not judge it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from admission.application import parse_application
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, Customer
from admission.errors import BadInput, NotAllowed
from admission.money import Rate, RateTable
from admission.people import Person
from admission.policy import Appetite, Caps
from casebook.customers import store_customer
from cli.main import gatehouse
from services.casefile import case_file
from services.exposure import group_exposure, read_ledger
from services.papers import add_manual_evidence
from services.replay import replay_one
from services.rounds import carry_over
from tests import stepping
from wiring import House, Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASKER = Person(username="ada", name="Ada Invented", department="sales")
JUDGE = Person(username="mira", name="Mira Invented", department="credit", roles=("analyst",))
OTHER = Person(username="feng", name="Feng Invented", department="finance")


@pytest.fixture
def at(created: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(created, tmp_path, dirs_exist_ok=True)
    house = House(Settings(data=tmp_path, database_url=None), clock=lambda: NOW)
    for person in (ASKER, JUDGE, OTHER):
        house.casebook.people.add(person, "a long enough password")
    yield house
    house.casebook.close()


def document(name: str = "Hollowbrook Trading Limited", **changes: Any) -> dict[str, Any]:
    requested = {"limit": "20000", "currency": "GBP", "terms_days": 30}
    return {"legal_name": name, "country": "GB", "requested": requested, **changes}


def opened(at: House, **changes: Any) -> Case:
    application = parse_application(document(**changes))
    case, _ = at.casebook.cases.open(application, kind=CaseKind.ONBOARDING, requester="ada", channel="cli")
    return case


def judged(points: int = 2, aspect: str = "market_position", note: str = "second of its trade") -> dict[str, Any]:
    return {"judgements": [{"aspect": aspect, "points": points, "note": note}]}


def assessed(at: House, reference: str) -> Assessment:
    stepping.validate(at, reference)
    return stepping.assess(at, reference)


def test_a_judgement_is_stored_raw_and_counts_in_the_score(at: House) -> None:
    case = opened(at)
    (evidence,) = add_manual_evidence(at, case.reference, JUDGE, judged())
    kept = json.loads(at.casebook.evidence.body(str(evidence.sha256)))
    assert (kept["entered_by"], kept["department"], kept["judgement"]["note"]) == (
        "mira",
        "credit",
        "second of its trade",
    )
    made = assessed(at, case.reference)
    (part,) = [part for part in made.parts if part.attribute == "market_position"]
    assert (part.points, part.missing) == (Decimal(2), False)
    (metric,) = [metric for metric in made.metrics if metric.name == "market_position"]
    assert (metric.as_of, metric.note and metric.note.zh) == (date(2026, 11, 23), "由信用部人员评价")
    assert replay_one(at, case.reference).result == "same"


def test_memo_artifacts_name_no_person_and_the_case_file_does(at: House) -> None:
    case = opened(at)
    add_manual_evidence(at, case.reference, JUDGE, judged())
    made = assessed(at, case.reference)
    assert "mira" not in made.model_dump_json()
    facts = case_file(at, case.reference).facts
    assert [(item.by, item.note, item.on) for item in facts.judgements] == [
        ("mira", "second of its trade", date(2026, 11, 23))
    ]


def test_a_newer_judgement_of_the_same_aspect_takes_its_place(at: House) -> None:
    case = opened(at)
    add_manual_evidence(at, case.reference, JUDGE, judged(2))
    at.clock = lambda: NOW + timedelta(hours=1)
    add_manual_evidence(at, case.reference, OTHER, judged(0, note="lost its largest customer"))
    (part,) = [part for part in assessed(at, case.reference).parts if part.attribute == "market_position"]
    assert part.points == Decimal(0)


def test_whoever_asked_for_the_customer_does_not_judge_it(at: House) -> None:
    case = opened(at)
    with pytest.raises(NotAllowed, match="You asked for this customer, so you cannot judge it"):
        add_manual_evidence(at, case.reference, ASKER, judged())
    assert at.casebook.evidence.of_all_rounds(case.reference) == []
    refused = [event for event in at.casebook.history.of(case.reference) if event.act == "judgement.refused"]
    assert [event.actor for event in refused] == ["ada"]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (judged(3), "at most 2"),
        (judged(note=""), "not empty"),
        (judged(aspect="charm"), "one of market_position"),
        ({"judgements": judged()["judgements"] * 2}, "each aspect judged once"),
        ({"judgements": [{"aspect": "market_position", "points": True, "note": "x"}]}, "a whole number"),
    ],
)
def test_a_judgement_without_points_or_note_is_refused(at: House, form: object, told: str) -> None:
    case = opened(at)
    with pytest.raises(BadInput, match=told):
        add_manual_evidence(at, case.reference, JUDGE, form)


def test_judgements_are_carried_into_the_next_round(at: House) -> None:
    case = opened(at)
    add_manual_evidence(at, case.reference, JUDGE, judged())
    at.casebook.cases.open_round(case.reference, "new evidence", "mira", kind="evidence")
    case = at.casebook.cases.get(case.reference)
    carry_over(at, case)
    (kept,) = at.casebook.evidence.of(case.reference, case.round)
    assert (kept.query.kind, kept.reused) == ("judgement", True)


def command(at: House, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setenv("GATEHOUSE_DATA", str(at.settings.folder))
    ran = CliRunner().invoke(gatehouse, list(arguments), standalone_mode=False)
    if ran.exception is not None:
        raise ran.exception
    return ran.output


def test_the_command_judges_several_aspects_at_once(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(at)
    aspects = ("market_position=2", "cooperation_so_far=0")
    told = command(at, monkeypatch, "judge", case.reference, *aspects, "--note", "visited", "--as", "mira")
    assert told.splitlines()[:2] == [
        f"{case.reference}: Judged market position, 0 to 2: strong, by credit",
        f"{case.reference}: Judged co-operation so far, 0 to 2: weak, by credit",
    ]
    assert len(at.casebook.evidence.of_all_rounds(case.reference)) == 2


def test_the_command_says_how_a_judgement_is_written(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match="write ASPECT=POINTS with 0, 1 or 2"):
        command(at, monkeypatch, "judge", opened(at).reference, "market_position=good", "--note", "x", "--as", "mira")


def admitted(at: House, name: str, limit: str, group: str | None, currency: str = "GBP") -> None:
    application = parse_application(document(name, group=group))
    case, _ = at.casebook.cases.open(application, kind=CaseKind.ONBOARDING, requester="ada", channel="cli")
    customer = Customer(
        company_key=case.company_key,
        legal_name=name,
        country="GB",
        application=application,
        grade="B",
        limit=Decimal(limit),
        limit_in_force=Decimal(0),
        currency=currency,
        terms_days=30,
        admitted_by="people",
        last_case=case.reference,
        admitted_on=date(2026, 1, 1),
        next_review_on=date(2026, 12, 31),
    )
    with at.casebook.customers._store.write() as transaction:
        store_customer(transaction, customer)
        transaction.event("ada", "case.concluded", case.reference, {})


def test_the_exposure_of_a_group_is_what_its_other_customers_were_granted(at: House) -> None:
    at.rates = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 11, 1), per_unit=Decimal("1.25"))])
    capped = Appetite(caps=Caps(group=Decimal(100_000)))
    at._policy_of_file = at.policy_in_force().model_copy(update={"appetite": capped})
    for name, limit, group in (
        ("Aldmoor", "10000", "Moor Group"),
        ("Bexmoor", "20000", "MOOR group"),
        ("Cox", "9", "x"),
    ):
        admitted(at, f"{name} Limited", limit, group)
    case = opened(at, group="Moor Group")
    assert group_exposure(at, read_ledger(at, at.policy_in_force()), case, at.policy_in_force()) == Decimal(37_500)
    made = assessed(at, case.reference)
    assert made.group_exposure == Decimal(37_500)
    assert [bound.amount for bound in made.limit.bounds if bound.name == "group_limit"] == [Decimal(50_000)]
    assert replay_one(at, case.reference).result == "same"


def test_without_a_rate_or_a_group_the_exposure_is_not_known(at: House) -> None:
    at._policy_of_file = at.policy_in_force().model_copy(update={"appetite": Appetite(caps=Caps(group=Decimal(1)))})
    admitted(at, "Aldmoor Limited", "10000", "Moor Group")
    assert (
        group_exposure(at, read_ledger(at, at.policy_in_force()), opened(at, group="Moor Group"), at.policy_in_force())
        is None
    )
    assert (
        group_exposure(at, read_ledger(at, at.policy_in_force()), opened(at, name="Lone Limited"), at.policy_in_force())
        is None
    )


def test_a_form_with_judgements_is_not_handed_in_with_the_own_application(
    at: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "asked.yaml").write_text(json.dumps(document()), encoding="utf-8")
    (tmp_path / "form.yaml").write_text(json.dumps(judged()), encoding="utf-8")
    with pytest.raises(BadInput, match="whoever asks for a customer does not judge it"):
        command(
            at, monkeypatch, "onboard", f"{tmp_path}/asked.yaml", "--evidence", f"{tmp_path}/form.yaml", "--as", "ada"
        )
    assert at.casebook.cases.list() == []
