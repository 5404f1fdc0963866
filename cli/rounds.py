"""What people change on a case: answers to questions, overrides, edited applications."""

from __future__ import annotations

from pathlib import Path

import click

from admission.model import Text
from cli.helping import command, option
from cli.language import to_reader
from cli.misuse import Misuse
from cli.output import as_option, say
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from intake.applications import read_applications
from services import rounds
from services.watchlists import day_of

EDITED = Text(en="the application was edited", zh="申请内容已修改")


@command(
    zh="""答复审批人就您的申请提出的问题；本轮继续，已提交的审批意见有效，并通知审批人。

    示例：gatehouse answer GH-2026-000002 "贷款已于五月还清，见 2026-05-31 报表。"
    """
)
@click.argument("reference")
@click.argument("text")
@as_option
def answer(reference: str, text: str, as_user: str | None) -> None:
    """Answer what voters asked about your request; the round goes on, votes stay, and the voters are told.

    Example: gatehouse answer GH-2026-000002 "The loan was repaid in May, see the statement of 2026-05-31."
    """
    house = open_house()
    given = rounds.answer(house, reference, text, person_at_hand(house, as_user))
    deliver_now(house)
    asked = ", ".join(given.asked)
    say(
        Text(
            en=f"{reference}: {asked} asked and can read your answer; all votes of round {given.round} stay",
            zh=f"{reference}：提问人 {asked} 可查看您的答复；第 {given.round} 轮已提交的审批意见继续有效",
        )
    )


@command(
    zh="""对申请单中的企业就一项准入标准提出例外，或确认他人提出的例外。

    经第二人确认后生效，并进入下一轮。禁入条款不得例外。

    示例：gatehouse override GH-2026-000002 pays_late --reason "争议已解决" --until 2027-06-30；
    gatehouse override GH-2026-000002 pays_late --confirm
    """
)
@click.argument("reference")
@click.argument("criterion")
@option("--reason", help=Text(en="Why an exception to the company policy is right.", zh="为何可作例外处理。"))
@option(
    "--until",
    metavar="DAY",
    help=Text(en="The last day on which the override counts, such as 2027-06-30.", zh="例外的截止日，如 2027-06-30。"),
)
@option("--confirm", is_flag=True, help=Text(en="Confirm what another person proposed.", zh="确认他人提出的例外。"))
@as_option
def override(
    reference: str, criterion: str, reason: str | None, until: str | None, confirm: bool, as_user: str | None
) -> None:
    """Propose a departure from one criterion for the company of a case, or confirm another person's proposal.

    It counts once a second person has confirmed it; the next round then opens. No override lifts a rejection.

    Examples: gatehouse override GH-2026-000002 pays_late --reason "dispute settled" --until 2027-06-30;
    gatehouse override GH-2026-000002 pays_late --confirm
    """
    if confirm == (reason is not None or until is not None):
        raise Misuse(
            Text(
                en="Give either --reason and --until, or --confirm.",
                zh="请给出 --reason 和 --until，或者只给出 --confirm。",
            )
        )
    house = open_house()
    person = person_at_hand(house, as_user)
    if confirm:
        opening = rounds.confirm_override(house, reference, criterion, person)
        deliver_now(house)
        say(
            Text(
                en=f"{reference}: {criterion} is overridden; round {opening.round} is open",
                zh=f"{reference}：{criterion} 的例外已生效；第 {opening.round} 轮已开启",
            )
        )
        return
    day = day_of(until)
    if day is None or reason is None:
        raise Misuse(
            Text(en="An override needs both --reason and --until.", zh="提出例外须同时给出 --reason 和 --until。")
        )
    rounds.propose_override(house, reference, criterion, reason, day, person)
    confirm_command = f"gatehouse override {reference} {criterion} --confirm"
    say(
        Text(
            en=f"{reference}: proposed; another person adds: {confirm_command}",
            zh=f"{reference}：已提出；请他人确认：{confirm_command}",
        )
    )


@command(
    zh="""用同一企业修改后的申请替换您的申请；随后进入下一轮。

    示例：gatehouse edit GH-2026-000002 apple.yaml --reason "降低额度"
    """
)
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path))
@option("--reason", help=Text(en="What was changed, and why.", zh="修改了什么，原因是什么。"))
@as_option
def edit(reference: str, file: Path, reason: str | None, as_user: str | None) -> None:
    """Put an edited application of the same company in the place of yours; the next round opens.

    Example: gatehouse edit GH-2026-000002 apple.yaml --reason "lower limit"
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    batch = read_applications(file)
    if len(batch.applications) != 1 or batch.shape != "document":
        raise Misuse(Text(en="Give a file with one application.", zh="请给出只含一份申请的文件。"))
    opening = rounds.edit(house, reference, batch.applications[0], _or_edited(reason), person)
    deliver_now(house)
    _tell_open(reference, opening.round)


def _or_edited(reason: str | None) -> str:
    return to_reader(EDITED) if reason is None else reason


def _tell_open(reference: str, number: int) -> None:
    say(Text(en=f"{reference}: round {number} is open", zh=f"{reference}：第 {number} 轮已开启"))
