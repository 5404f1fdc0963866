from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from admission.assessment import record as assessment_module
from admission.assessment.assessing import assess
from admission.assessment.record import UNNAMED, Assessment
from admission.assessment.scorecard import choose_reasons
from admission.errors import NotFound
from admission.evidence.answers import Answer
from admission.evidence.sources import Connector
from admission.model import Text, canonical_json
from cli.main import main
from services import replay as replaying
from services import replayed
from services.replay import replay, replay_one
from tests.casebook.test_cases import KNOCKED_OUT
from tests.conftest import ROOT
from tests.services.conftest import assessed
from wiring import House, Settings


def _silent(_: Text) -> None: ...


class NewerParser:
    """A source whose parser has gone on: another version, which reads one fact otherwise."""

    def __init__(self, before: Connector, version: str) -> None:
        self._before = before
        self.card = before.card.model_copy(update={"parser": version})

    def __getattr__(self, name: str) -> object:
        return getattr(self._before, name)

    def parse(self, query: object, raw: object) -> object:
        parsed = self._before.parse(query, raw)  # type: ignore[arg-type]
        facts = tuple(
            fact.model_copy(update={"legal_name": "READ OTHERWISE LTD"})
            if "legal_name" in type(fact).model_fields
            else fact
            for fact in parsed.facts
        )
        return parsed.model_copy(update={"facts": facts})


def test_an_assessment_comes_out_the_same_from_the_stored_bytes(at: House) -> None:
    reference = assessed(at)
    replayed = replay_one(at, reference)
    assert (replayed.result, replayed.explained_by, replayed.differs) == ("same", (), ())
    stored = at.casebook.work.assessment(reference, 1)
    assert stored is not None
    assert replayed.assessment == stored.sha256
    policy = at.policy_in_force()
    assert at.casebook.pins.document("policy", policy.sha256) == canonical_json(policy.model_dump(mode="json"))
    assert at.casebook.pins.document("rates", at.rates.sha256) == at.rates.document


def test_all_cases_are_replayed_and_those_without_assessment_left_out(at: House) -> None:
    references = [assessed(at), assessed(at, "2_sound_and_large"), assessed(at, "4_insolvent")]
    results = list(replay(at, references, _silent))
    assert [(item.case, item.result) for item in results] == [(reference, "same") for reference in references]


@pytest.mark.slow
def test_very_many_are_replayed_by_several_processes_in_their_order(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.replay.CHUNK", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    references = [assessed(at), assessed(at, "2_sound_and_large"), assessed(at, "4_insolvent")]
    told: list[str] = []
    results = list(replay(at, references, lambda text: told.append(text.en)))
    assert [(item.case, item.result) for item in results] == [(reference, "same") for reference in references]
    assert told == ["1 of 3 cases", "2 of 3 cases", "3 of 3 cases"]
    with pytest.raises(NotFound, match="no such case"):
        list(replay(at, [*references, "GH-2026-999999"], _silent))


def test_another_day_policy_and_rates_change_nothing_for_they_are_pinned(at: House, tmp_path: Path) -> None:
    reference = assessed(at)
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,to,on,per_unit\nGBP,USD,2026-01-01,9.5\n", encoding="utf-8")
    policy = tmp_path / "policy.yaml"
    text = (ROOT / "policies" / "default.yaml").read_text(encoding="utf-8")
    policy.write_text(text.replace('starter_cap: "5000"', 'starter_cap: "9000"'), encoding="utf-8")
    later = House(Settings(rates=rates, policy=policy))
    assert later.policy_in_force().sha256 != at.policy_in_force().sha256
    assert replay_one(later, reference).result == "same"
    later.casebook.close()


def test_evidence_that_came_later_is_not_counted_in(at: House) -> None:
    reference = assessed(at)
    first = at.casebook.evidence.of_all_rounds(reference)[0]
    at.casebook.evidence.add(reference, 1, first.model_copy(update={"id": "later", "answer": Answer.NO_RECORD}))
    assert replay_one(at, reference).result == "same"


def test_a_newer_parser_explains_other_facts(at: House) -> None:
    reference = assessed(at)
    before = at.connectors["uk_companies_house"]
    at.__dict__["connectors"] = {**at.connectors, "uk_companies_house": NewerParser(before, "999")}
    replayed = replay_one(at, reference)
    assert replayed.result == "explained"
    assert replayed.explained_by == (f"parser uk_companies_house {before.card.parser} -> 999",)
    assert set(replayed.differs) == {"facts of uk_companies_house"}


def test_other_facts_from_the_same_parser_are_unexplained(at: House) -> None:
    reference = assessed(at)
    before = at.connectors["uk_companies_house"]
    same = NewerParser(before, before.card.parser)
    at.__dict__["connectors"] = {**at.connectors, "uk_companies_house": same}
    replayed = replay_one(at, reference)
    assert (replayed.result, replayed.explained_by) == ("unexplained", ())
    assert set(replayed.differs) == {"facts of uk_companies_house (unexplained)"}


def test_a_newer_engine_explains_another_assessment(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = assessed(at)
    monkeypatch.setattr(replaying, "ENGINE", "next")
    monkeypatch.setattr(replaying, "assess", lambda *given, as_of: graded_d(assess(*given, as_of=as_of)))
    replayed = replay_one(at, reference)
    assert replayed.result == "explained"
    assert replayed.explained_by == (f"engine {assessment_module.ENGINE} -> next",)
    assert replayed.differs == ("assessment.grade",)


def graded_d(made: Assessment) -> Assessment:
    return made.model_copy(update={"grade": "D"})


def put_in_place(at: House, reference: str, **changes: Any) -> Assessment:
    """Put another assessment in the place of the stored one, as another engine would have left it."""
    stored = at.casebook.work.assessment(reference, 1)
    assert stored is not None
    assert (stored.engine, stored.case) == (assessment_module.ENGINE, reference)
    assert stored.company == at.casebook.cases.get(reference).company_key
    before = stored.model_copy(update=changes)
    text = canonical_json(before.model_dump(mode="json")).replace("'", "''")
    assert ('"company"' in text) is (before.engine not in UNNAMED)
    _behind_the_back(
        at,
        f"UPDATE assessments SET document = '{text}', sha256 = '{before.sha256}'",
        f"UPDATE papers SET sha256 = '{before.sha256}' WHERE kind = 'current_assessment'",
    )
    return before


def test_an_assessment_of_an_engine_that_named_nobody_is_replayed_in_its_own_form(at: House) -> None:
    """Engine 2 named neither case nor company, and gave reasons by points; what came out the same is so to the byte."""
    reference = assessed(at)
    stored = at.casebook.work.assessment(reference, 1)
    assert stored is not None
    reasons = choose_reasons(stored.criteria, stored.parts)
    before = put_in_place(at, reference, engine="2", case="", company="", reasons=reasons)
    replayed = replay_one(at, reference)
    assert (replayed.result, replayed.assessment) == ("same", before.sha256)


@pytest.mark.parametrize("engine", ["1", "2", "3", "4"])
def test_the_rules_of_an_engine_before_explain_another_grade(at: House, engine: str) -> None:
    reference = assessed(at)
    unnamed = {"case": "", "company": ""} if engine in UNNAMED else {}
    put_in_place(at, reference, engine=engine, grade="D", **unnamed)
    replayed = replay_one(at, reference)
    assert (replayed.result, replayed.explained_by) == ("explained", (f"engine {engine} -> 5",))
    assert "assessment.grade" in replayed.differs


def _behind_the_back(at: House, *statements: str) -> None:
    connection = sqlite3.connect(at.settings.folder / "casebook.sqlite")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_policy_that_was_not_kept_explains_nothing_while_it_is_the_same(at: House) -> None:
    reference = assessed(at)
    _behind_the_back(at, "DELETE FROM pins")
    assert replay_one(at, reference).result == "same"


def test_an_assessment_that_was_changed_with_its_fingerprint_is_unexplained(at: House) -> None:
    reference = assessed(at)
    stored = at.casebook.work.assessment(reference, 1)
    assert stored is not None
    other = stored.model_copy(update={"grade": "C"})
    text = canonical_json(other.model_dump(mode="json")).replace("'", "''")
    _behind_the_back(
        at,
        f"UPDATE assessments SET document = '{text}', sha256 = '{other.sha256}'",
        f"UPDATE papers SET sha256 = '{other.sha256}' WHERE kind = 'current_assessment'",
    )
    replayed = replay_one(at, reference)
    assert (replayed.result, replayed.differs) == ("unexplained", ("assessment.grade (unexplained)",))


def test_bytes_that_are_gone_are_unexplained(at: House) -> None:
    reference = assessed(at)
    shutil.rmtree(at.settings.folder / "answers")
    replayed = replay_one(at, reference)
    assert replayed.result == "unexplained"
    assert any("Stored bytes are missing" in what for what in replayed.differs)


def test_a_case_without_assessment_is_told(at: House) -> None:
    with pytest.raises(NotFound):
        replay_one(at, "GH-2026-000404")


def test_the_command_prints_one_object_or_a_list_and_fails_on_the_unexplained(
    at: House, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = assessed(at)
    at.casebook.cases.decide(reference, KNOCKED_OUT, actor="system", round_number=1)
    with pytest.raises(SystemExit) as ended:
        main(["replay", reference, "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["result"] == "same"
    shutil.rmtree(at.settings.folder / "answers")
    with pytest.raises(SystemExit) as ended:
        main(["replay", "--all"])
    assert ended.value.code == 1
    assert capsys.readouterr().out.endswith("0 same, 0 explained, 1 unexplained\n")


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["replay", *arguments])
    assert isinstance(ended.value.code, int)
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_from_a_checkpoint_only_cases_with_an_event_since_are_replayed(
    at: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = assessed(at), assessed(at, "2_sound_and_large")
    file, end = tmp_path / "replayed.json", at.casebook.audit.end()[0]
    everything = ("--all", "--checkpoint", str(file))
    assert _run(capsys, *everything) == (0, "2 same, 0 explained, 0 unexplained\n", "")

    status, out, err = _run(capsys, *everything)
    assert (status, out) == (0, "0 same, 0 explained, 0 unexplained\n")
    assert f"replayed up to event {end} on " in err
    assert "2 case(s) without an event since are left out on trust" in err

    third = assessed(at, "4_insolvent")
    at.casebook.history.add("system", "memo.published", first, {})
    status, out, err = _run(capsys, *everything, "--json")
    assert (status, {item["case"] for item in json.loads(out)}) == (0, {first, third})
    assert "1 case(s) without an event since" in err
    assert second not in out


def test_a_checkpoint_is_written_only_where_nothing_is_unexplained(
    at: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, file = assessed(at), tmp_path / "replayed.json"
    everything = ("--all", "--checkpoint", str(file))
    _run(capsys, *everything)
    before = file.read_bytes()
    at.casebook.history.add("system", "memo.published", reference, {})
    shutil.rmtree(at.settings.folder / "answers")
    status, out, _ = _run(capsys, *everything)
    assert (status, out.splitlines()[-1]) == (1, "0 same, 0 explained, 1 unexplained")
    assert file.read_bytes() == before


def test_another_parser_or_engine_replays_every_case(
    at: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assessed(at)
    everything = ("--all", "--checkpoint", str(tmp_path / "replayed.json"))
    _run(capsys, *everything)
    monkeypatch.setattr("services.replayed.ENGINE", "99")
    status, out, err = _run(capsys, *everything)
    assert (status, out) == (0, "1 same, 0 explained, 0 unexplained\n")
    assert err == "parsers or engine have another version than at the checkpoint: every case is replayed\n"


def test_a_checkpoint_that_is_forged_of_another_chain_or_of_verify_is_refused(
    at: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assessed(at)
    file = tmp_path / "replayed.json"
    everything = ("--all", "--checkpoint", str(file))
    _run(capsys, *everything)
    made = json.loads(file.read_text(encoding="utf-8"))

    file.write_text(json.dumps({**made, "seq": made["seq"] + 1}), encoding="utf-8")
    status, out, err = _run(capsys, *everything)
    assert (status, out) == (1, "")
    assert "The checkpoint was not signed with a key of this casebook." in err

    replayed.write_down(at, file, (made["seq"], "ab" * 32))
    assert "The checkpoint is of another history." in _run(capsys, *everything)[2]

    with pytest.raises(SystemExit):
        main(["verify", "--checkpoint", str(file.with_name("verified.json"))])
    capsys.readouterr()
    file.write_bytes(file.with_name("verified.json").read_bytes())
    assert "is no checkpoint of a replay" in _run(capsys, *everything)[2]


def test_a_checkpoint_is_for_all_cases(at: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = _run(capsys, assessed(at), "--checkpoint", str(tmp_path / "replayed.json"))
    assert status == 2
    assert "--checkpoint goes with --all." in err
