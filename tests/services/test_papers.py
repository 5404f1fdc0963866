"""Papers on a case: stored before they count, told with who handed them in, and a new round once facts are settled."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from admission.application import parse_application
from admission.approval.votes import Ballot, Choice
from admission.cases import CaseKind, CaseStatus
from admission.errors import BadInput, Conflict, NotAllowed
from admission.evidence.answers import Answer, Evidence, coverage, latest
from admission.evidence.gathering import facts_of
from admission.evidence.uploads import StatedWithFile
from admission.metrics.catalogue import Metric
from admission.metrics.derive import MetricInputs, derive_metrics
from admission.money import Exchange
from admission.people import ROLES, Person
from cli.main import gatehouse
from sandbox.papers import Papers, papers_of
from services import papers as handing_in
from services import rounds
from services.audit import make_bundle, trust, verify, verify_bundle
from services.casefile import case_file
from services.papers import add_statements
from tests import stepping
from tests.casebook.build import signed_in
from wiring import House, Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANALYST = Person(username="analyst", name="Ana Lyst", department="credit", roles=("analyst",))
OFFICES = tuple(role for role in ROLES if role != "auditor")
SOUND, DISHONEST = "7_chinese_sound", "8_chinese_dishonest_debtor"
NUMBERS = {SOUND: "91990000MA9X000702", DISHONEST: "91990000MA9X00089Y"}
NAMES = {SOUND: "云杉岭示例机械有限公司", DISHONEST: "碧溪口示例贸易有限公司"}


@pytest.fixture
def at(created: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(created, tmp_path, dirs_exist_ok=True)
    house = House(Settings(data=tmp_path, database_url=None), clock=lambda: NOW)
    house.casebook.people.add(ANALYST, "a long enough password")
    yield house
    house.casebook.close()


def opened(at: House, story: str) -> str:
    application = parse_application(
        {
            "legal_name": NAMES[story],
            "country": "CN",
            "identifiers": {"uscc": NUMBERS[story]},
            "requested": {"limit": "1000000", "currency": "CNY", "terms_days": 30},
        }
    )
    case, _ = at.casebook.cases.open(application, kind=CaseKind.ONBOARDING, requester="analyst", channel="cli")
    return case.reference


def papers(story: str) -> Papers:
    found = papers_of(story, NOW.date())
    assert found is not None
    return found


def voting(at: House) -> tuple[str, Person]:
    """Bring a case to its vote; return its reference and somebody with a seat in the stage that votes first."""
    for number, department in enumerate(("credit", "finance", "legal", "management")):
        person = Person.model_validate({"username": f"voter{number}", "name": "Voter", "department": department})
        at.casebook.people.add(person.model_copy(update={"roles": OFFICES}), "a long enough password")
    reference = opened(at, SOUND)
    add_manual_evidence(at, reference, ANALYST, form(look()))
    stepping.validate(at, reference)
    stepping.assess(at, reference)
    assert stepping.open_voting(at, reference) is not None
    everybody = at.casebook.people.all()
    return reference, next(person for person in everybody if at.casebook.voting.inbox(person))


def metrics(at: House, reference: str) -> dict[str, Metric]:
    evidence = latest(at.casebook.evidence.of(reference, 1))
    facts = facts_of(evidence, at.connectors, at.casebook.evidence)
    application = at.casebook.cases.get(reference).application
    return derive_metrics(facts, coverage(evidence), MetricInputs(application, Exchange(at.rates, "USD", at.today())))


def form(*looks: dict[str, Any]) -> dict[str, Any]:
    return {"looks": list(looks)}


def look(topic: str = "dishonest_debtor", **changes: Any) -> dict[str, Any]:
    document = {
        "topic": topic,
        "site": "中国执行信息公开网",
        "searched_by": "name",
        "query": NAMES[SOUND],
        "looked_at": "2026-11-22T10:00:00+08:00",
        "link": "https://zxgk.court.gov.cn/shixin/",
        "file": "shot.png",
    }
    return {**document, **(changes or {"no_record": True})}


def add_manual_evidence(
    at: House,
    reference: str,
    person: Person,
    document: object,
    attachments: Mapping[str, bytes] | None = None,
    reason: str = "",
) -> list[Evidence]:
    files = {"shot.png": b"\x89PNG invented"} | dict(attachments or {})
    return handing_in.add_manual_evidence(at, reference, person, document, files, reason)


def test_statements_are_stored_whole_and_read_in_yuan(at: House) -> None:
    reference, handed = opened(at, SOUND), papers(SOUND)
    evidence = add_statements(at, reference, ANALYST, handed.filename, handed.statements)
    assert (evidence.answer, evidence.fetched_at, evidence.source) == (Answer.FOUND, NOW, "financials_upload")
    assert evidence.sha256 is not None
    assert at.casebook.evidence.body(evidence.sha256) == handed.statements
    found = metrics(at, reference)
    assert (found["revenue"].value, found["revenue"].unit) == (Decimal(186_400_000), "CNY")
    assert found["dishonest_debtor"].value is None


def test_what_the_person_stated_is_kept_with_the_bytes(at: House) -> None:
    reference = opened(at, SOUND)
    body = "资产负债表\n2025年12月31日\n项目,期末余额\n资产总计,5\n".encode("gbk")
    with pytest.raises(BadInput, match="单位"):
        add_statements(at, reference, ANALYST, "报表.csv", body)
    assert at.casebook.evidence.of_all_rounds(reference) == []
    add_statements(at, reference, ANALYST, "报表.csv", body, StatedWithFile(unit="万元"))
    assert metrics(at, reference)["total_assets"].value == Decimal(50_000)


def test_a_newer_upload_takes_the_place_of_an_older_one(at: House) -> None:
    reference = opened(at, SOUND)
    for number, assets in enumerate(("5", "7")):
        at.clock = lambda number=number: NOW + timedelta(minutes=number)  # type: ignore[misc]
        body = f"资产负债表\n2025年12月31日,单位：万元\n项目,期末余额\n资产总计,{assets}\n".encode()
        add_statements(at, reference, ANALYST, "报表.csv", body)
    assert metrics(at, reference)["total_assets"].value == Decimal(70_000)


def test_a_look_is_kept_with_its_file_its_time_and_who_entered_it(at: House) -> None:
    reference, handed = opened(at, DISHONEST), papers(DISHONEST)
    added = add_manual_evidence(at, reference, ANALYST, handed.form, handed.files)
    assert [item.query.kind for item in added] == [
        "registration",
        "dishonest_debtor",
        "enforcement",
        "consumption_limit",
    ]
    entry = added[1]
    assert entry.fetched_at == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert entry.fetched_at.tzinfo is UTC
    assert entry.url == "https://zxgk.court.gov.cn/shixin/"
    kept = json.loads(at.casebook.evidence.body(str(entry.sha256)))
    assert kept["entered_by"] == "analyst"
    assert at.casebook.evidence.body(kept["attachment"]) == handed.files["失信被执行人.txt"]
    actors = {event.actor for event in at.casebook.history.of(reference) if event.act == "evidence.added"}
    assert actors == {"analyst"}
    found = metrics(at, reference)
    values = {name: found[name].value for name in ("dishonest_debtor", "consumption_limit", "abnormal_operations")}
    assert values == {"dishonest_debtor": True, "consumption_limit": True, "abnormal_operations": None}


def test_a_changed_byte_in_the_file_of_a_look_is_named_in_the_casebook_and_in_a_bundle(
    at: House, tmp_path: Path
) -> None:
    reference, handed = opened(at, DISHONEST), papers(DISHONEST)
    added = add_manual_evidence(at, reference, ANALYST, handed.form, handed.files)
    bundle = tmp_path / "case.zip"
    bundle.write_bytes(make_bundle(at, reference))
    trusted = trust(at, None)
    assert verify_bundle(bundle, trusted) == (reference, [])
    assert verify(at, trusted, [], lambda _: None).flaws == ()
    attachment = json.loads(at.casebook.evidence.body(str(added[1].sha256)))["attachment"]
    with zipfile.ZipFile(bundle) as parts:
        assert f"answers/{attachment}" in parts.namelist()

    (path,) = (path for path in tmp_path.rglob(attachment) if path.is_file())
    path.write_bytes(path.read_bytes() + b" ")
    (flaw,) = verify(at, trusted, [], lambda _: None).flaws
    assert (flaw.kind, flaw.where.en.split()[1]) == ("answer.changed", attachment)
    path.unlink()
    assert [flaw.kind for flaw in verify(at, trusted, [], lambda _: None).flaws] == ["answer.missing"]


def test_the_sound_company_was_looked_up_and_its_old_entry_is_history(at: House) -> None:
    reference, handed = opened(at, SOUND), papers(SOUND)
    add_manual_evidence(at, reference, ANALYST, handed.form, handed.files)
    found = metrics(at, reference)
    flags = ("dishonest_debtor", "consumption_limit", "abnormal_operations", "open_insolvency")
    assert [found[name].value for name in flags] == [False] * 4
    assert found["abnormal_operations_history"].value is True
    assert (found["paid_in_capital"].value, found["registered_active"].value) == (Decimal(50_000_000), True)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (form(look(looked_at="2026-11-24T10:00:00+08:00", no_record=True)), "a time that has been"),
        (form(look(looked_at="2026-10-01T10:00:00+08:00", no_record=True)), "look again"),
        (form(look(file="other.png", no_record=True)), "handed in too"),
        (form(look(file=None, no_record=True)), "a picture or print of what the site showed"),
        (form(look(records=[{"listed_on": "2026-11-25"}])), "no day after the look"),
        (
            form(
                look(
                    "registration",
                    searched_by="uscc",
                    registration={"legal_name": "x", "uscc": NUMBERS[DISHONEST], "status": "存续"},
                )
            ),
            "the applicant's code, 91990000MA9X000702",
        ),
        (form(look("registration", registration={"legal_name": "x", "uscc": "1", "status": "存续"})), "eighteen"),
        (form(), "at least one"),
        ({"looks": "x"}, "looks"),
        ("nothing", "input"),
    ],
)
def test_a_form_that_does_not_fit_the_case_is_refused_whole(at: House, document: object, told: str) -> None:
    reference = opened(at, SOUND)
    with pytest.raises(BadInput, match=told):
        add_manual_evidence(at, reference, ANALYST, document)
    assert at.casebook.evidence.of_all_rounds(reference) == []


def test_nothing_is_added_while_a_run_gathers_for_the_case(at: House) -> None:
    reference = opened(at, SOUND)
    assert at.casebook.cases.acquire_lease(reference, "a run", 300)
    with pytest.raises(Conflict, match="moving this case"):
        add_manual_evidence(at, reference, ANALYST, form(look()))
    at.casebook.cases.release_lease(reference, "a run")
    assert len(add_manual_evidence(at, reference, ANALYST, form(look()))) == 1
    assert at.casebook.cases.get(reference).round == 1


def test_papers_after_the_facts_are_settled_open_the_next_round_and_go_into_it(at: House) -> None:
    reference = opened(at, SOUND)
    add_manual_evidence(at, reference, ANALYST, form(look()))
    stepping.validate(at, reference)
    newer = form(look("penalties", searched_by="uscc", no_record=True))

    add_manual_evidence(at, reference, ANALYST, newer, reason="the site was down yesterday")

    assert at.casebook.cases.get(reference).round == 2
    (opening,) = at.casebook.rounds.of(reference)
    assert (opening.kind, opening.reason, opening.opened_by) == ("evidence", "the site was down yesterday", "analyst")
    assert [item.query.kind for item in at.casebook.evidence.of(reference, 2)] == ["penalties"]
    assert [item.query.kind for item in at.casebook.evidence.of(reference, 1)] == ["dishonest_debtor"]
    rounds.carry_over(at, at.casebook.cases.get(reference))
    kinds = {item.query.kind: item.reused for item in at.casebook.evidence.of(reference, 2)}
    assert kinds == {"penalties": False, "dishonest_debtor": True}


def test_papers_after_voting_has_opened_let_votes_lapse_and_their_voters_know_why(at: House) -> None:
    reference, voter = voting(at)
    poll = at.casebook.voting.poll(reference, 1)
    assert poll is not None
    at.casebook.voting.cast(
        reference,
        voter,
        poll.assessment,
        Ballot(choice=Choice.APPROVE),
        channel="desk",
        credential=signed_in(at.casebook, voter.username),
    )

    handed = papers(SOUND)
    add_statements(at, reference, ANALYST, handed.filename, handed.statements)

    case = at.casebook.cases.get(reference)
    assert (case.round, case.status) == (2, CaseStatus.GATHERING)
    (opening,) = at.casebook.rounds.lapsed_for(voter.username)
    assert opening.lapsed == (voter.username,)
    assert opening.reason.startswith("uploaded statements to 2023-12-31")
    assert [message.kind for message in at.casebook.outbox.claim()] == ["wake"]
    with pytest.raises(NotAllowed, match="no longer the current one"):
        at.casebook.voting.cast(
            reference,
            voter,
            poll.assessment,
            Ballot(choice=Choice.APPROVE),
            channel="desk",
            credential=signed_in(at.casebook, voter.username),
        )


def test_papers_of_rounds_that_were_never_prepared_are_carried_on(at: House) -> None:
    reference, _ = voting(at)
    handed = papers(SOUND)
    add_statements(at, reference, ANALYST, handed.filename, handed.statements)
    at.casebook.cases.open_round(reference, "another change", "system")
    assert at.casebook.cases.get(reference).round == 3
    rounds.carry_over(at, at.casebook.cases.get(reference))
    assert {item.source for item in at.casebook.evidence.of(reference, 3)} == {"manual_evidence", "financials_upload"}


def test_the_same_file_again_opens_no_round(at: House) -> None:
    reference, handed = opened(at, SOUND), papers(SOUND)
    add_statements(at, reference, ANALYST, handed.filename, handed.statements)
    stepping.validate(at, reference)
    with pytest.raises(Conflict, match="this very file"):
        add_statements(at, reference, ANALYST, handed.filename, handed.statements)
    assert at.casebook.cases.get(reference).round == 1


def test_a_decided_case_takes_no_papers_and_says_where_they_count(at: House) -> None:
    reference, voter = voting(at)
    poll = at.casebook.voting.poll(reference, 1)
    assert poll is not None
    decline = Ballot(choice=Choice.DECLINE, comment="not sound")
    at.casebook.voting.cast(
        reference, voter, poll.assessment, decline, channel="desk", credential=signed_in(at.casebook, voter.username)
    )
    with pytest.raises(Conflict, match="decided already") as caught:
        add_manual_evidence(at, reference, ANALYST, form(look("penalties", searched_by="uscc", no_record=True)))
    assert caught.value.remedy.en == "what is new counts in the company's next case or review"
    assert at.casebook.cases.get(reference).round == 1
    assert len(at.casebook.evidence.of_all_rounds(reference)) == 1
    refused = [event for event in at.casebook.history.of(reference) if event.act == "evidence.refused"]
    assert [(event.actor, event.detail["reason"]) for event in refused] == [
        ("analyst", "This case is decided already.")
    ]


def test_a_case_that_has_a_run_is_woken_and_one_that_has_none_is_not(at: House) -> None:
    reference = opened(at, SOUND)
    add_manual_evidence(at, reference, ANALYST, form(look()))
    assert at.casebook.outbox.pending() == 0
    at.casebook.cases.note_run(reference, "run-1")
    add_manual_evidence(at, reference, ANALYST, form(look("penalties", searched_by="uscc", no_record=True)))
    assert [message.case for message in at.casebook.outbox.claim()] == [reference]


def test_the_house_currency_is_shown_at_the_rate_of_the_day_and_not_without_one(at: House) -> None:
    reference = opened(at, SOUND)
    assert case_file(at, reference).house_amount is None
    stepping.validate(at, reference)
    stepping.assess(at, reference)
    file = case_file(at, reference)
    assert file.house_amount is None
    rated = House(
        at.settings.model_copy(update={"rates": Path(__file__).parents[2] / "sandbox" / "rates.csv"}), clock=at.clock
    )
    found = case_file(rated, reference).house_amount
    assert found is not None
    assert (found.money.amount, found.money.currency, str(found.rate_on)) == (Decimal(142_000), "USD", "2026-07-01")


def command(at: House, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.setenv("GATEHOUSE_DATA", str(at.settings.folder))
    ran = CliRunner().invoke(gatehouse, [*arguments, "--as", "analyst"], standalone_mode=False)
    if ran.exception is not None:
        raise ran.exception
    return int(ran.return_value or 0), ran.output


def test_the_command_line_previews_without_storing_and_then_stores(
    at: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = opened(at, SOUND)
    file = tmp_path / "报表.csv"
    file.write_bytes("资产负债表\n2025年12月31日\n项目,期末余额\n资产总计,5\n神秘科目,1\n".encode("gb18030"))
    status, told = command(at, monkeypatch, "upload", reference, str(file), "--preview")
    assert status == 1
    assert "to be mended: row 3: the unit of the amounts" in told
    status, told = command(at, monkeypatch, "upload", reference, str(file), "--preview", "--unit", "万元")
    assert status == 0
    assert told.splitlines() == [
        "   4  资产总计: used as total assets (资产总计 x 10,000); 2025-12-31 50,000",
        "   5  神秘科目: not understood",
    ]
    assert at.casebook.evidence.of_all_rounds(reference) == []
    status, _ = command(at, monkeypatch, "upload", reference, str(file), "--unit", "万元")
    assert (status, len(at.casebook.evidence.of_all_rounds(reference))) == (0, 1)


def test_the_command_line_takes_a_form_with_the_files_beside_it(
    at: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = opened(at, SOUND)
    (tmp_path / "shot.txt").write_text("what the site showed", encoding="utf-8")
    (tmp_path / "looks.json").write_text(json.dumps(form(look(file="shot.txt", no_record=True))), encoding="utf-8")
    status, told = command(at, monkeypatch, "evidence", "add", reference, str(tmp_path / "looks.json"))
    assert (status, told.strip()) == (
        0,
        f"{reference}: recorded by hand from 中国执行信息公开网: dishonest debtors: nothing",
    )
    (tmp_path / "shot.txt").unlink()
    (tmp_path / "shot.txt").symlink_to("/etc/passwd")
    with pytest.raises(BadInput, match="a link to another file"):
        command(at, monkeypatch, "evidence", "add", reference, str(tmp_path / "looks.json"))
    outside = form(look(file="../shot.txt", no_record=True))
    (tmp_path / "looks.json").write_text(json.dumps(outside), encoding="utf-8")
    with pytest.raises(BadInput, match="bare name"):
        command(at, monkeypatch, "evidence", "add", reference, str(tmp_path / "looks.json"))
