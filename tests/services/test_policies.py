"""Which policy the house works under, and the shadow of another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest

from admission.cases import Step
from admission.errors import BadInput, Conflict, GatehouseError, NotAllowed, NotFound
from admission.governance.versions import PolicyVersion
from admission.money import RateTable
from admission.people import Person
from services import concluding, performance, policies, reports, shadow
from services.casefile import case_file
from services.performance import DebtReport
from tests import stepping
from tests.casebook.build import HandClock
from tests.services.conftest import assessed
from tests.services.policy_files import in_a_format_of_old, only_grade_a, policy_file, with_people
from wiring import House, Settings

UNTIL = date(2026, 12, 31)


def person(house: House, name: str) -> Person:
    return house.casebook.people.get(name)


def proposed(house: House, path: Path) -> PolicyVersion:
    return policies.propose(house, path, person(house, "rita"))


def published(house: House, path: Path) -> PolicyVersion:
    made = proposed(house, path)
    return policies.publish(house, made.sha256, person(house, "max"))


def test_a_published_version_is_in_force_at_once_in_every_process(at: House, tmp_path: Path) -> None:
    with_people(at)
    worker = House(Settings(), clock=HandClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)))
    assert worker.policy_in_force().version == "2026.1"
    version = published(at, policy_file(tmp_path))
    assert worker.policy_in_force().version == at.policy_in_force().version == "2026.2"
    assert worker.policy_in_force() is worker.policy_in_force()
    assert version.text.startswith("# 2026.2, as the risk manager wrote it\n")
    assert (policies.in_force(at) or version).id == version.id
    worker.casebook.close()


def test_a_version_is_in_force_from_its_date(at: House, tmp_path: Path) -> None:
    with_people(at)
    published(at, policy_file(tmp_path, since="2026-11-25"))
    assert at.policy_in_force().version == "2026.1"
    assert policies.in_force(at) is None
    clock = at.clock
    assert isinstance(clock, HandClock)
    clock.forward(timedelta(days=2))
    assert at.policy_in_force().version == "2026.2"


def test_without_a_casebook_the_file_counts_and_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_POLICY", str(policy_file(tmp_path, "9.9")))
    house = House(Settings(data=tmp_path / "nowhere"))
    assert house.policy_in_force().version == "9.9"
    assert not (tmp_path / "nowhere").exists()


def test_a_file_with_a_mistake_is_not_proposed(at: House, tmp_path: Path) -> None:
    with_people(at)
    with pytest.raises(BadInput) as caught:
        proposed(at, policy_file(tmp_path, default_review_months=99))
    assert [problem.field for problem in caught.value.problems] == ["default_review_months"]
    assert at.casebook.policies.all() == []
    with pytest.raises(NotAllowed):
        policies.propose(at, policy_file(tmp_path), person(at, "analyst"))


def test_a_policy_under_which_nobody_could_approve_is_neither_proposed_nor_published(at: House, tmp_path: Path) -> None:
    with_people(at)
    stage = {"name": "review", "title": {"en": "Legal", "zh": "法务"}, "require": {"department": "legal"}}
    path = policy_file(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("department: credit", "department: legal"))
    with pytest.raises(BadInput, match="Nobody could approve"):
        proposed(at, path)
    made = at.casebook.policies.propose(policies.any_policy(at, str(path)), str(stage), "rita")
    with pytest.raises(BadInput, match="Nobody could approve"):
        policies.publish(at, made.sha256, person(at, "max"))


def test_one_step_uses_one_policy_whatever_is_published_meanwhile(at: House, tmp_path: Path) -> None:
    with_people(at)
    made = proposed(at, policy_file(tmp_path))

    class Meanwhile(House):
        """A house in which another person publishes a policy while a case is being assessed."""

        @cached_property
        def rates(self) -> RateTable:
            policies.publish(at, made.sha256, person(at, "max"))
            return at.rates

    house = Meanwhile(Settings(), clock=at.clock)
    reference = assessed(house)
    assessment = house.casebook.work.assessment(reference, 1)
    assert assessment is not None
    assert assessment.policy.version == "2026.1"
    assert house.casebook.pins.document("policy", assessment.policy.sha256) is not None
    assert house.casebook.pins.document("policy", made.sha256) is None
    assert house.policy_in_force().version == "2026.2"
    house.casebook.close()


def test_a_version_in_force_that_cannot_be_read_is_named_and_nothing_takes_its_place(at: House) -> None:
    with_people(at)
    in_a_format_of_old(at)
    with pytest.raises(GatehouseError, match="a format that this Gatehouse cannot read") as caught:
        _ = at.policy_in_force()
    assert caught.value.context["policy"] == "default 2020.1"


def test_a_shadow_says_what_it_would_have_decided_and_changes_nothing(at: House, tmp_path: Path) -> None:
    with_people(at)
    reference = assessed(at)
    untouched = at.casebook.work.assessment_sha256(reference, 1)
    strict = proposed(at, policy_file(tmp_path, **only_grade_a()))
    shadow.start_shadow(at, strict, UNTIL, person(at, "rita"))

    large = assessed(at, "2_sound_and_large")

    found = shadow.report(at)
    assert [result.case for result in found.results] == [large]
    (result,) = found.otherwise
    assert result.shadow is not None
    assert (result.in_force.grade, result.shadow.grade) == ("B", "E")
    assert result.shadow.policy == strict.sha256
    assert {"route", "grade", "limit"} & set(result.otherwise)
    assessment = at.casebook.work.assessment(large, 1)
    assert assessment is not None
    assert (assessment.grade, assessment.sha256) == ("B", result.assessment)
    assert at.casebook.work.assessment_sha256(reference, 1) == untouched
    at.casebook.shadows.stop("rita")
    assessed(at, "4_insolvent")
    assert len(shadow.report(at).results) == 1


def test_a_shadow_that_fails_stops_no_case_and_is_seen(at: House) -> None:
    with_people(at)
    number = in_a_format_of_old(at, "2020.2")
    at.casebook.shadows.start(number, UNTIL, "rita", at.today())
    # On a day before its date it is in force for nobody, and runs as a shadow alone.
    house = House(at.settings, clock=HandClock(datetime(2019, 11, 23, 9, 0, tzinfo=UTC)))
    reference = assessed(house)
    assert house.casebook.cases.step_result(reference, 1, Step.ASSESS) is not None
    (result,) = shadow.report(house).failed
    assert (result.case, result.shadow, result.otherwise) == (reference, None, ())
    assert "cannot read any more" in result.failure
    assert "shadow.failed" in [event.act for event in house.casebook.history.of(reference)]
    house.casebook.close()


def test_a_shadow_that_makes_no_sense_is_refused(at: House, tmp_path: Path) -> None:
    with_people(at)
    with pytest.raises(NotFound, match="No policy has run in the shadow yet"):
        shadow.report(at)
    rita = person(at, "rita")
    version = proposed(at, policy_file(tmp_path))
    with pytest.raises(BadInput, match="over before it begins"):
        shadow.start_shadow(at, version, date(2026, 11, 22), rita)
    withdrawn = policies.withdraw(at, version.sha256, rita)
    with pytest.raises(Conflict, match="withdrawn"):
        shadow.start_shadow(at, withdrawn, UNTIL, rita)
    current = published(at, policy_file(tmp_path, "2026.3"))
    with pytest.raises(Conflict, match="is the one in force"):
        shadow.start_shadow(at, current, UNTIL, rita)
    with pytest.raises(NotAllowed):
        shadow.start_shadow(at, proposed(at, policy_file(tmp_path, "2026.4")), UNTIL, person(at, "analyst"))


def test_experience_of_a_customer_is_recorded_and_reported(at: House) -> None:
    reference = assessed(at)
    assert stepping.decide_by_machine(at, reference)
    case = concluding.conclude(at, reference)
    rosa = Person(username="rosa", name="Rosa Invented", department="finance")
    at.casebook.people.add(rosa, "a long enough password")
    with pytest.raises(NotFound, match="No credit was granted"):
        performance.record(at, case.company_key, DebtReport("paid", date(2026, 11, 22)), rosa)
    with pytest.raises(NotAllowed, match="cannot record how its debt went"):
        performance.record(at, case.company_key, DebtReport("paid", date(2026, 11, 23)), person(at, "analyst"))
    made = performance.record(at, case.company_key, DebtReport("paid", date(2026, 11, 23)), rosa)
    assert made.case == reference
    assert case_file(at, reference).performance == (made,)

    report = reports.report(at, None, None)

    assert (report.since, report.until, report.baseline_since) == (
        date(2025, 11, 24),
        date(2026, 11, 23),
        date(2024, 11, 24),
    )
    (onboarding,) = report.kinds
    assert (onboarding.cases, onboarding.approved.count, onboarding.referred.count) == (1, 1, 0)
    assert (report.bad_rate.bad.count, report.bad_rate.bad.of) == (0, 1)
    customer = at.casebook.customers.get(case.company_key)
    assert customer is not None
    assert (report.exposure.customers, report.exposure.unknown) == (1, 0)
    assert report.exposure.by_grade == {customer.grade: report.exposure.total}
    with pytest.raises(BadInput, match="ends before it begins"):
        reports.report(at, date(2026, 12, 1), None)
