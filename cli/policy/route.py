"""Telling who would have to approve, in what order, and why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import click

from admission.application import Requested
from admission.approval.stages import Stage
from admission.assessment.record import CriterionResult, Override, Route
from admission.assessment.routing import RouteInputs, choose_band, choose_route
from admission.errors import BadInput, Problem
from admission.evidence.findings import Verdict
from admission.memo.phrases import ROUTES, VERDICTS
from admission.model import Language, Text
from admission.money import CURRENCIES, Exchange
from admission.people import Person
from admission.policy import Policy, Standards
from admission.policy.mistakes import unknown_name
from cli.output import json_option, print_json
from cli.session import people_here
from intake.files import read_policy
from wiring import House, build_house

OVERRIDDEN = Text(en="a criterion that is overridden", zh="已获例外批准的准入标准")


class _Asked(NamedTuple):
    """The case that is thought of."""

    grade: str
    segment: str
    requested: Requested
    results: tuple[CriterionResult, ...]


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--grade", required=True, help="The grade the score gives.")
@click.option("--amount", required=True, metavar="AMOUNT", help="What is asked for.")
@click.option("--currency", metavar="CODE", help="Its currency; the policy's house currency if not given.")
@click.option("--segment", default="standard", show_default=True, help="The segment of the company.")
@click.option("--override", "overridden", is_flag=True, help="As if an override covered one criterion.")
@click.option("--fails", multiple=True, metavar="CRITERION", help="As if this criterion failed; may be given often.")
@click.option("--unknown", multiple=True, metavar="CRITERION", help="As if this criterion could not be checked.")
@json_option
def route(
    file: Path,
    grade: str,
    amount: str,
    currency: str | None,
    segment: str,
    overridden: bool,
    fails: tuple[str, ...],
    unknown: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell who must approve a case of this grade and amount, in what order, which band it is and why.

    All criteria are taken to pass, and all sources to have answered, but for what is named. Where this machine has a
    casebook, the people who could fill each seat are named. An amount that no rate converts goes to the highest band.

    Examples: gatehouse policy route mine.yaml --grade C --amount 250000;
    gatehouse policy route mine.yaml --grade B --amount 40000 --segment distributor --unknown pays_late --json
    """
    house = build_house()
    policy = read_policy(file)
    standards = policy.standards(segment)
    _check_names(policy, standards, grade, segment, (*fails, *unknown))
    requested = Requested(limit=_amount(amount), currency=_currency(currency or policy.house_currency), terms_days=0)
    asked = _Asked(grade, segment, requested, _results(standards, fails, unknown, overridden=overridden, house=house))
    document = _document(house, policy, asked, people_here())
    if as_json:
        print_json([document], many=False)
    else:
        _tell(document, house.settings.language)


def _check_names(policy: Policy, standards: Standards, grade: str, segment: str, criteria: Sequence[str]) -> None:
    asked = [
        ("grade", [grade], [item.name for item in policy.grades]),
        ("segment", [segment], list(policy.segments)),
        ("criterion", criteria, [item.id for item in standards.criteria]),
    ]
    wrong = [unknown_name((what,), name, known) for what, names, known in asked for name in names if name not in known]
    if wrong:
        problems = [Problem(str(mistake.path[0]), mistake.value, mistake.expected) for mistake in wrong]
        raise BadInput("The policy does not know this.", problems=problems)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise click.BadParameter(f"{text!r} is not an amount", param_hint="--amount") from None
    if not amount.is_finite() or amount <= 0:
        raise click.BadParameter(f"{text!r} is not an amount of more than zero", param_hint="--amount")
    return amount


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise click.BadParameter(f"{code!r} is no ISO 4217 code, such as USD", param_hint="--currency")
    return code


def _results(
    standards: Standards, fails: Sequence[str], unknown: Sequence[str], *, overridden: bool, house: House
) -> tuple[CriterionResult, ...]:
    verdicts = dict.fromkeys(unknown, Verdict.UNKNOWN) | dict.fromkeys(fails, Verdict.FAIL)
    results = [
        CriterionResult(
            id=item.id,
            verdict=verdicts.get(item.id, Verdict.PASS),
            effect=item.effect,
            message=_said(item.reason, verdicts.get(item.id, Verdict.PASS)),
        )
        for item in standards.criteria
    ]
    if overridden:
        signed = Override(
            company_key="", criterion="", reason="", until=house.today(), by="", at=house.clock(), case=""
        )
        results.append(
            CriterionResult(id="", verdict=Verdict.FAIL, effect="refer", message=OVERRIDDEN, overridden=signed)
        )
    return tuple(results)


def _said(reason: Text, verdict: Verdict) -> Text:
    word = VERDICTS[verdict]
    return Text(en=f"{reason.en}: {word.en}", zh=f"{reason.zh}：{word.zh}")


def _document(house: House, policy: Policy, asked: _Asked, people: Sequence[Person] | None) -> dict[str, Any]:
    language = house.settings.language
    grade, standards = policy.grade(asked.grade), policy.standards(asked.segment)
    inputs = RouteInputs(
        policy,
        standards,
        grade,
        asked.requested,
        asked.results,
        findings=(),
        evidence=(),
        limit=Decimal(0) if not (grade.net_worth_factor or grade.turnover_factor) else asked.requested.limit,
        exchange=Exchange(house.rates, policy.house_currency, house.today()),
    )
    chosen = choose_route(inputs)
    band = choose_band(policy, standards, grade, inputs.amount, asked.results)
    return {
        "policy": policy.pin.model_dump(mode="json"),
        "grade": grade.name,
        "segment": asked.segment,
        "amount": {"amount": str(asked.requested.limit), "currency": asked.requested.currency},
        "route": chosen.kind,
        "band": chosen.band or None,
        "why": [text.to(language) for text in band.why] if chosen.stages else [],
        "reasons": [text.to(language) for text in chosen.reasons],
        "stages": _stages(chosen, people, language),
    }


def _stages(chosen: Route, people: Sequence[Person] | None, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "name": stage.name,
            "title": stage.title.to(language),
            "asks": stage.words().to(language),
            "together": stage.together,
            "decline": stage.decline,
            "seats": _seats(stage, people, language),
        }
        for stage in chosen.stages
    ]


def _seats(stage: Stage, people: Sequence[Person] | None, language: Language) -> list[dict[str, Any]]:
    """Return each kind of seat once, with who could fill it; null where there is no casebook to ask."""
    kinds = list(stage.require.parts()) + ([stage.chair] if stage.chair is not None else [])
    return [
        {
            "asks": part.one().words().to(language),
            "people": None
            if people is None
            else [{"username": one.username, "name": one.name} for one in people if one.active and part.seats(one)],
        }
        for part in dict.fromkeys(kinds)
    ]


def _tell(document: dict[str, Any], language: Language) -> None:
    def say(en: str, zh: str) -> str:
        return Text(en=en, zh=zh).to(language)

    pin, money = document["policy"], document["amount"]
    comma = say(", ", "，")
    click.echo(
        comma.join(
            [
                f"{pin['name']} {pin['version']}",
                say(f"grade {document['grade']}", f"等级 {document['grade']}"),
                f"{Decimal(money['amount']):,f} {money['currency']}",
                say(f"segment {document['segment']}", f"客户类别 {document['segment']}"),
            ]
        )
    )
    band = f"{comma}{document['band']}" if document["band"] else ""
    click.echo(f"{ROUTES[document['route']].to(language)}{band}")
    for why in document["why"]:
        click.echo(f"  {why}")
    if document["reasons"]:
        reasons = say("; ", "；").join(document["reasons"])
        head = say("why not by the machine", "不由系统决定的原因") if document["stages"] else say("why", "原因")
        click.echo(f"{head}{say(': ', '：')}{reasons}")
    for number, stage in enumerate(document["stages"], 1):
        click.echo(f"{number}. {stage['title']}{say(': ', '：')}{stage['asks']}")
        for seat in stage["seats"]:
            if seat["people"] is None:
                continue
            names = ", ".join(f"{one['name']} ({one['username']})" for one in seat["people"])
            nobody = say("nobody can fill it", "无人可投")
            click.echo(f"   {seat['asks']}{say(': ', '：')}{names or nobody}")
