"""`gatehouse policy compare` over a house's customers: everybody who is decided otherwise, with the limit of today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from admission.assessment.assessing import Dossier, assess
from admission.cases import CaseKind
from admission.customers.experience import snapshot_of
from admission.governance.examples.invented import invent
from admission.governance.examples.situations import ExampleFile
from admission.money import Exchange
from admission.policy import Policy
from casebook.customers import store_customer
from casebook.database.policy_tables import snapshots
from casebook.work import Assessed
from expectations import validate
from intake.policies import read_policy
from tests.casebook.build import customer
from tests.cli.conftest import Run
from tests.conftest import ROOT, skip_or_fail
from wiring import House, Settings

try:
    import optbinning  # noqa: F401 - tells whether the extra is here
except ImportError:
    skip_or_fail("the extra lab is not installed", module=True)

DEFAULT = ROOT / "policies" / "default.yaml"
RATES = "currency,to,on,per_unit\nGBP,USD,2026-06-01,1.25\n"
# Three customers: two that the system admitted, one of them for little; and one that people decide on.
SITUATIONS = yaml.safe_load("""
small: {application: {requested: {limit: 4000}}}
fast: {application: {requested: {limit: 15000}}, evidence: {accounts: {figures: {total_assets: 4000000}}}}
large: {application: {requested: {limit: 60000}}, evidence: {accounts: {figures: {total_assets: 6000000}}}}
""")
SAID = {name: {"en": name, "zh": f"示例{name}"} for name in SITUATIONS}
Change = Callable[[dict[str, Any]], None]
FILE = ExampleFile.model_validate(
    {
        "rates": {"GBP": "1.25"},
        "examples": [
            {**told, "id": name, "title": SAID[name], "why": SAID[name], "expected": {"grade": ["A"]}}
            for name, told in SITUATIONS.items()
        ],
    }
)


def admit(house: House, policy: Policy) -> dict[str, str]:
    """Put the three on the house's books, each decided under a policy; return the reference of each case."""
    references: dict[str, str] = {}
    for number, example in enumerate(FILE.examples, 1):
        made = invent(example, FILE)
        numbered = {"uk_company_number": f"0900000{number}"}
        application = made.application.model_copy(update={"identifiers": numbered})
        case, _ = house.casebook.cases.open(
            application, kind=CaseKind.ONBOARDING, requester=None, channel="cli", idempotency_key=example.id
        )
        validation = validate({"it": made.facts}, as_of=FILE.as_of)["it"]
        dossier = Dossier(made.application, CaseKind.ONBOARDING, made.evidence, validation, case=case.reference)
        assessment = assess(dossier, policy, house.rates, as_of=FILE.as_of)
        exchange = Exchange(house.rates, policy.house_currency, FILE.as_of)
        known = snapshot_of(case.reference, 1, dossier, assessment, exchange)
        house.casebook.work.save_assessed([Assessed(case.reference, 1, assessment, known)])
        granted = {"limit": assessment.limit.amount, "currency": assessment.limit.currency}
        with house.casebook._store.write() as transaction:
            store_customer(transaction, customer(case).model_copy(update=granted))
            transaction.event("tests", "customer.admitted", case.reference)
        references[example.id] = case.reference
    return references


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    rates = tmp_path / "rates.csv"
    rates.write_text(RATES, encoding="utf-8")
    monkeypatch.setenv("GATEHOUSE_RATES", str(rates))
    house = House(Settings())
    house.casebook.create(demo=True)
    yield house
    house.casebook.close()


@pytest.fixture
def cases(house: House) -> dict[str, str]:
    return admit(house, read_policy(DEFAULT))


def changed(folder: Path, change: Change) -> Path:
    """The shipped policy with something changed, as version 2027.1."""
    document = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    document["version"] = "2027.1"
    change(document)
    file = folder / "mine.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return file


def lower_fast_track(document: dict[str, Any]) -> None:
    document["approval"]["fast_track"]["up_to"] = "10000"


def shorter_terms(document: dict[str, Any]) -> None:
    document["segments"]["standard"]["max_terms_days"] = 20


def ask_security_above(document: dict[str, Any]) -> None:
    document["criteria"].append(
        {
            "id": "large_request",
            "metric": "requested_to_net_worth",
            "comparison": "at_most",
            "value": "0.01",
            "unit": "ratio",
            "effect": "secured_only",
            "when": {"amount": {"above": "50000"}},
            "reason": {"en": "Large request", "zh": "大额申请"},
            "source": "[P]",
        }
    )


def lower_share(document: dict[str, Any]) -> None:
    document["limit"]["net_worth_share"] = "0.01"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lower_fast_track, {"fast": ["route"]}),
        (shorter_terms, {"small": ["terms"], "fast": ["terms"], "large": ["terms"]}),
        (ask_security_above, {"large": ["security"]}),
    ],
)
def test_who_is_decided_otherwise_is_named_with_what_changes(
    run: Run, cases: dict[str, str], tmp_path: Path, change: Change, expected: dict[str, list[str]]
) -> None:
    said = run("policy", "compare", "default@2026.1", changed(tmp_path, change), "--json")

    assert said.status == 0, said.err
    named = {case["case"]: case["aspects"] for case in said.document["changed"]}
    assert named == {cases[name]: aspects for name, aspects in expected.items()}
    assert said.document["replays"] == []
    assert said.document["policies_agree"] == 0


def test_a_smaller_limit_alone_is_named_with_the_limit_granted_today(
    run: Run, cases: dict[str, str], tmp_path: Path
) -> None:
    said = run("policy", "compare", "default@2026.1", changed(tmp_path, lower_share), "--json")

    assert said.status == 0, said.err
    rows = {case["case"]: case for case in said.document["changed"]}
    assert {row: case["aspects"] for row, case in rows.items()} == {cases["large"]: ["limit"]}
    row = rows[cases["large"]]
    assert (row["old"]["limit"], row["granted"]) == ("60000", "75000.00")
    assert Decimal(row["new"]["limit"]) < 60000
    counted = said.document["changed_cases"]
    assert counted["all"] == counted["limit"] == {"cases": 1, "granted": "75000.00", "no_rate": 0}
    assert counted["route"]["cases"] == 0


def test_for_people_it_says_how_many_and_with_what_limits(run: Run, cases: dict[str, str], tmp_path: Path) -> None:
    rows = tmp_path / "all.csv"
    said = run("policy", "compare", "default@2026.1", changed(tmp_path, lower_fast_track), "--csv", rows)

    assert said.status == 0, said.err
    assert "would be decided otherwise: 1 case(s), limits granted today 18,750 USD" in said.out
    assert "  route: 1 case(s), limits granted today 18,750 USD" in said.out
    assert cases["fast"] in said.out
    assert "nobody would be decided otherwise" not in said.out
    (line,) = rows.read_text(encoding="utf-8").splitlines()[1:]
    assert line.startswith(f"{cases['fast']},standard,")


def test_the_old_side_is_what_was_decided_also_where_a_replay_differs(
    run: Run, house: House, cases: dict[str, str]
) -> None:
    # As a Gatehouse of before would have left it: another grade, and people where the system decides today.
    reference = cases["fast"]
    with house.casebook._store.write() as transaction:
        transaction.change(snapshots, {"case_ref": reference, "round": 1}, route="desk", grade="B")
        transaction.event("tests", "snapshot.aged", reference)
    said = run("policy", "compare", "default@2026.1", "default@2026.1", "--json")

    assert said.status == 0, said.err
    (row,) = said.document["changed"]
    assert (row["case"], row["policies_agree"], row["aspects"]) == (reference, True, ["route", "grade"])
    assert (row["old"]["grade"], row["new"]["grade"]) == ("B", "A")
    assert said.document["replays"] == [{"case": reference, "differs": ["route", "grade"]}]
    told = run("policy", "compare", "default@2026.1", "default@2026.1").out
    assert "1 case(s) come out otherwise today under the policy that decided them" in told
    assert f"version of Gatehouse): {reference}" in told
    assert "although both policies say the same" in told


def test_nothing_changes_where_nothing_does(run: Run, cases: dict[str, str]) -> None:
    said = run("policy", "compare", "2026.1", "default@2026.1")
    assert said.status == 0, said.err
    assert "would be decided otherwise: 0 case(s), limits granted today 0 USD" in said.out
    assert "nobody would be decided otherwise" in said.out


def test_terms_of_older_snapshots_are_read_from_their_assessments(
    run: Run, house: House, cases: dict[str, str], tmp_path: Path
) -> None:
    with house.casebook._store.write() as transaction:
        for reference in cases.values():
            transaction.change(snapshots, {"case_ref": reference, "round": 1}, circumstances="{}")
            transaction.event("tests", "snapshot.emptied", reference)
    said = run("policy", "compare", "default@2026.1", changed(tmp_path, shorter_terms), "--json")
    assert said.status == 0, said.err
    assert said.document["terms_unknown"] == 0
    assert {case["case"]: case["aspects"] for case in said.document["changed"]}[cases["large"]] == ["terms"]


def test_a_shipped_policy_that_there_is_not_is_refused(run: Run, cases: dict[str, str]) -> None:
    said = run("policy", "compare", "default@2019.1", "default@2026.1")
    assert said.status == 1
    assert "There is no such version of the policy." in said.error
