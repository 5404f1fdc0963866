"""Voting from the command line, under the same rules as at the desk."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, cast

import click

from admission.approval.votes import Ballot, Choice, Standing
from admission.errors import NotFound
from admission.memo.documents import case_document
from admission.model import Text
from cli.helping import command, option
from cli.language import language
from cli.misuse import BadValue, Misuse
from cli.output import as_option, json_option, print_json, say
from cli.running.waking import deliver_now
from cli.session import credential_at_hand, open_house, person_at_hand
from services import opening
from services.casefile import case_file
from wiring import House

F = TypeVar("F", bound=Callable[..., Any])


def ballot_options(function: F) -> F:
    """Add the options that say a vote, as the command's `said`."""

    @functools.wraps(function)
    def with_ballot(
        *arguments: Any,
        approve: bool,
        decline: bool,
        question: str | None,
        comment: str,
        conditions: tuple[str, ...],
        limit: str | None,
        accepted: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        if [approve, decline, question is not None].count(True) != 1:
            raise Misuse(
                Text(
                    en="Give one of --approve, --decline and --ask TEXT.",
                    zh="请在 --approve、--decline 和 --ask 中选择一个。",
                )
            )
        said = Ballot(
            choice=Choice.APPROVE if approve else Choice.DECLINE if decline else Choice.ASK,
            comment="\n".join(text for text in (question, comment) if text),
            conditions=conditions,
            limit=_amount(limit),
            accepted=dict(_acceptance(item) for item in accepted),
        )
        return function(*arguments, said=said, **rest)

    options = (
        option("--approve", is_flag=True, help=Text(en="Approve the current assessment.", zh="同意当前评估。")),
        option("--decline", is_flag=True, help=Text(en="Decline; needs a comment.", zh="不同意；须填写意见。")),
        option(
            "--ask",
            "question",
            metavar="TEXT",
            help=Text(en="Ask a question instead of deciding.", zh="先提问，暂不表态。"),
        ),
        option("--comment", default="", help=Text(en="Why.", zh="意见。")),
        option(
            "--condition",
            "conditions",
            multiple=True,
            help=Text(en="Ask for a condition; may be given several times.", zh="附加条件；可多次给出。"),
        ),
        option("--limit", metavar="AMOUNT", help=Text(en="Grant less than recommended.", zh="低于建议额度的额度。")),
        option(
            "--accept",
            "accepted",
            multiple=True,
            metavar="ID=REASON",
            help=Text(en="Accept an unknown or failed criterion by name.", zh="逐项接受未查清或未达标事项。"),
        ),
    )
    made: Any = with_ballot
    for add in reversed(options):
        made = add(made)
    return cast("F", made)


@command(
    zh="""以登录用户的身份，对申请单的当前评估提交审批意见。

    示例：gatehouse vote GH-2026-000001 --approve --comment "财务稳健" --condition "预付 20%"；
    gatehouse vote GH-2026-000005 --approve --accept pays_late="已电话核实"
    """
)
@click.argument("reference")
@ballot_options
@as_option
@json_option
def vote(reference: str, said: Ballot, as_user: str | None, as_json: bool) -> None:
    """Vote on the current assessment of a case, as the signed-in user.

    Examples: gatehouse vote GH-2026-000001 --approve --comment "sound" --condition "deposit 20 %";
    gatehouse vote GH-2026-000005 --approve --accept pays_late="references taken by phone"
    """
    house = open_house()
    voter = person_at_hand(house, as_user)
    assessment = current_assessment(house, reference)
    credential = credential_at_hand(house, as_user)
    standing = house.casebook.voting.cast(reference, voter, assessment, said, channel="cli", credential=credential)
    deliver_now(house)
    if as_json:
        print_json([case_document(case_file(house, reference), language())], many=False)
    else:
        outcome = _outcome(house, reference, standing)
        say(Text(en=f"{reference}: {outcome.en}", zh=f"{reference}：{outcome.zh}"))


def _outcome(house: House, reference: str, standing: Standing) -> Text:
    from admission.memo.labels import OUTCOMES, said

    decision = house.casebook.cases.get(reference).decision
    if decision is not None:
        outcome = said(OUTCOMES, decision.outcome)
        return Text(en=f"{outcome.en}, {decision.reason.en}", zh=f"{outcome.zh}，{decision.reason.zh}")
    if standing.missing_acceptances:
        names = ", ".join(standing.missing_acceptances)
        return Text(
            en=f"vote recorded; still to be accepted by name (--accept ID=REASON): {names}",
            zh=f"审批意见已记录；尚须逐项接受（--accept 编号=理由）：{names}",
        )
    if not standing.stages:
        return Text(en="vote recorded", zh="审批意见已记录")
    asks = standing.asks()
    return Text(en=f"vote recorded; now waits for {asks.en}", zh=f"审批意见已记录；现待{asks.zh}")


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise BadValue("--limit", Text(en=f"{text!r} is not an amount", zh=f"{text!r} 不是金额")) from None
    if not amount.is_finite() or amount < 0:
        raise BadValue(
            "--limit", Text(en=f"{text!r} is not an amount of zero or more", zh=f"{text!r} 不是大于或等于零的金额")
        )
    return amount


def _acceptance(item: str) -> tuple[str, str]:
    name, separator, reason = item.partition("=")
    if not separator:
        raise BadValue("--accept", Text(en=f"{item!r}: write ID=REASON", zh=f"{item!r}：请写成 编号=理由"))
    return name.strip(), reason.strip()


def current_assessment(house: House, reference: str) -> str:
    """Return the sha256 of the assessment that is voted on.

    Raises:
        NotFound: no vote is open on this case.
    """
    from admission.memo.labels import STATUSES, said

    case = house.casebook.cases.get(reference)
    poll = house.casebook.voting.poll(reference, case.round)
    if poll is None:
        status = said(STATUSES, case.status)
        raise NotFound(
            Text(
                en=f"No vote is open on this case; it is {status.en}.",
                zh=f"该申请单未在审批中；当前状态：{status.zh}。",
            ),
            context={"case": reference},
            remedy=Text(en=f"look at `gatehouse case {reference}`", zh=f"请查看 `gatehouse case {reference}`"),
        )
    return poll.assessment


@command(
    zh="""认领无登录发起人的申请，以便进入审批。

    示例：gatehouse take GH-2026-000003
    """
)
@click.argument("reference")
@as_option
def take(reference: str, as_user: str | None) -> None:
    """Take a request that nobody signed in made, so that it may be decided.

    Example: gatehouse take GH-2026-000003
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    opening.take(house, reference, person)
    deliver_now(house)
    say(Text(en=f"{reference} is now {person.username}'s request", zh=f"{reference} 已由 {person.username} 认领"))


@command(
    zh="""生成 Prefect 界面 Resume 表单用的一次性代码；代码包含您对当前评估的审批意见，只能提交该意见。

    示例：gatehouse code GH-2026-000002 --approve --comment "财务稳健"
    """
)
@click.argument("reference")
@ballot_options
@as_option
def code(reference: str, said: Ballot, as_user: str | None) -> None:
    """Make a single-use code for the Resume form in the Prefect UI. It carries your vote, and casts that one only.

    Example: gatehouse code GH-2026-000002 --approve --comment "sound"
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    assessment, credential = current_assessment(house, reference), credential_at_hand(house, as_user)
    click.echo(house.casebook.codes.issue(person.username, reference, assessment, said, credential))
