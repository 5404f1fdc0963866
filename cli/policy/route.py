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
from admission.model import Text
from admission.money import CURRENCIES
from admission.people import Person
from admission.policy import Policy, Standards
from admission.policy.mistakes import unknown_name
from cli.helping import command, option
from cli.language import language, to_reader
from cli.misuse import BadValue
from cli.output import json_option, print_json, say
from cli.session import people_here
from intake.policies import read_policy
from wiring import House, build_house

OVERRIDDEN = Text(en="a criterion that is overridden", zh="已获例外批准的准入标准")
NOT_BY_SYSTEM = Text(en="why not by the system", zh="不由系统决定的原因")
WHY = Text(en="why", zh="原因")


class _Asked(NamedTuple):
    """The case that is thought of."""

    grade: str
    segment: str
    requested: Requested
    results: tuple[CriterionResult, ...]


@command(
    zh="""说明此等级和金额的申请单须由谁审批、先后次序、属于哪一档及原因。

    除指明者外，视为全部准入标准通过、全部来源均已答复。本机有台账的，列出可担任各席位的人员。没有汇率可换算的金额按
    最高档处理。

    示例：gatehouse policy route mine.yaml --grade C --amount 250000；
    gatehouse policy route mine.yaml --grade B --amount 40000 --segment distributor --unknown pays_late --json
    """
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--grade", required=True, help=Text(en="The grade the score gives.", zh="评分对应的等级。"))
@option("--amount", required=True, metavar="AMOUNT", help=Text(en="What is asked for.", zh="申请额度。"))
@option(
    "--currency",
    metavar="CODE",
    help=Text(en="Its currency; the policy's house currency if not given.", zh="币种；默认为准入政策的本位币。"),
)
@option(
    "--segment",
    default="standard",
    show_default=True,
    help=Text(en="The segment of the company.", zh="客户类别。"),
)
@option(
    "--override",
    "overridden",
    is_flag=True,
    help=Text(en="As if an override covered one criterion.", zh="视为有一项准入标准已获例外批准。"),
)
@option(
    "--fails",
    multiple=True,
    metavar="CRITERION",
    help=Text(en="As if this criterion failed; may be given often.", zh="视为该准入标准不通过；可多次给出。"),
)
@option(
    "--unknown",
    multiple=True,
    metavar="CRITERION",
    help=Text(en="As if this criterion could not be checked.", zh="视为该准入标准未能查清。"),
)
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
        _tell(document)


def _check_names(policy: Policy, standards: Standards, grade: str, segment: str, criteria: Sequence[str]) -> None:
    asked = [
        ("grade", [grade], [item.name for item in policy.grades]),
        ("segment", [segment], list(policy.segments)),
        ("criterion", criteria, [item.id for item in standards.criteria]),
    ]
    wrong = [unknown_name((what,), name, known) for what, names, known in asked for name in names if name not in known]
    if wrong:
        problems = [Problem(str(mistake.path[0]), mistake.value, mistake.expected) for mistake in wrong]
        raise BadInput(Text(en="The policy does not know this.", zh="准入政策中没有此项。"), problems=problems)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise BadValue("--amount", Text(en=f"{text!r} is not an amount", zh=f"{text!r} 不是金额")) from None
    if not amount.is_finite() or amount <= 0:
        raise BadValue(
            "--amount", Text(en=f"{text!r} is not an amount of more than zero", zh=f"{text!r} 不是大于零的金额")
        )
    return amount


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise BadValue(
            "--currency",
            Text(en=f"{code!r} is no ISO 4217 code, such as USD", zh=f"{code!r} 不是 ISO 4217 币种代码，如 USD"),
        )
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
        exchange=house.exchange_by(policy),
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
        "why": [to_reader(text) for text in band.why] if chosen.stages else [],
        "reasons": [to_reader(text) for text in chosen.reasons],
        "stages": _stages(chosen, people),
    }


def _stages(chosen: Route, people: Sequence[Person] | None) -> list[dict[str, Any]]:
    return [
        {
            "name": stage.name,
            "title": to_reader(stage.title),
            "asks": to_reader(stage.words()),
            "together": stage.together,
            "decline": stage.decline,
            "seats": _seats(stage, people),
        }
        for stage in chosen.stages
    ]


def _seats(stage: Stage, people: Sequence[Person] | None) -> list[dict[str, Any]]:
    """Return each kind of seat once, with who could fill it; null where there is no casebook to ask."""
    kinds = list(stage.require.parts()) + ([stage.chair] if stage.chair is not None else [])
    return [
        {
            "asks": to_reader(part.one().words()),
            "people": None
            if people is None
            else [{"username": one.username, "name": one.name} for one in people if one.active and part.seats(one)],
        }
        for part in dict.fromkeys(kinds)
    ]


def _tell(document: dict[str, Any]) -> None:
    pin, money = document["policy"], document["amount"]
    policy, amount = f"{pin['name']} {pin['version']}", f"{Decimal(money['amount']):,f} {money['currency']}"
    grade, segment = document["grade"], document["segment"]
    say(
        Text(
            en=f"{policy}, grade {grade}, {amount}, segment {segment}",
            zh=f"{policy}，等级 {grade}，{amount}，客户类别 {segment}",
        )
    )
    way, band = ROUTES[document["route"]], document["band"]
    say(Text(en=f"{way.en}, {band}", zh=f"{way.zh}，{band}") if band else way)
    for why in document["why"]:
        click.echo(f"  {why}")
    if document["reasons"]:
        reasons = ("；" if language() == "zh" else "; ").join(document["reasons"])
        head = NOT_BY_SYSTEM if document["stages"] else WHY
        say(Text(en=f"{head.en}: {reasons}", zh=f"{head.zh}：{reasons}"))
    for number, stage in enumerate(document["stages"], 1):
        title, asks = stage["title"], stage["asks"]
        say(Text(en=f"{number}. {title}: {asks}", zh=f"{number}. {title}：{asks}"))
        for seat in stage["seats"]:
            if seat["people"] is not None:
                _tell_seat(seat["asks"], seat["people"])


def _tell_seat(asks: str, people: Sequence[dict[str, str]]) -> None:
    names = ", ".join(f"{one['name']} ({one['username']})" for one in people)
    filled = Text(en=names, zh=names) if names else Text(en="nobody can fill it", zh="无人可担任")
    say(Text(en=f"   {asks}: {filled.en}", zh=f"   {asks}：{filled.zh}"))
