"""Is every customer looked at again."""

from __future__ import annotations

from admission.customers.coverage import Coverage
from admission.memo.coverage_words import away_words, coverage_document, review_words, sweep_words
from admission.model import Text
from cli.helping import command, option
from cli.language import language
from cli.output import json_option, print_json, say
from cli.session import open_house
from services.coverage import coverage as coverage_of_today
from services.watchlists import day_of

# More lines than anybody reads; the JSON has all.
MOST_LINES = 50


@command(
    zh="""核对全部客户的复审：到期、已完成、等待中、失败、未发起；并检查每日任务和来源。

    不符，或到期超过一天仍未发起，或每日任务超过 26 小时未运行时，退出码为 1，末行说明原因。

    示例：gatehouse coverage --since 2026-11-01
    """
)
@option(
    "--since",
    metavar="DAY",
    help=Text(en="First day of the window; 30 days ago if not given.", zh="统计起始日；默认为 30 天前。"),
)
@json_option
def coverage(since: str | None, as_json: bool) -> int:
    """Account for the reviews of all customers: due = done + waiting + failed + not opened; and for what runs daily.

    The exit status is 1 where the sum does not hold, a review is not opened for more than a day, or a daily run is
    missing for 26 hours; the last line says which.

    Example: gatehouse coverage --since 2026-11-01
    """
    found = coverage_of_today(open_house(), None if since is None else day_of(since))
    if as_json:
        print_json([coverage_document(found, language())], many=False)
    else:
        say_coverage(found)
    return 1 if found.problems else 0


def say_coverage(found: Coverage) -> None:
    """Print the account, and what is wrong with it last."""
    say(
        Text(
            en=f"{found.customers} customers; reviews since {found.since}: due {found.due} = done {found.done} + "
            f"waiting {found.waiting} + failed {found.failed} + not opened {found.not_opened}",
            zh=f"客户 {found.customers} 家；{found.since} 起复审：到期 {found.due} = 已完成 {found.done} + "
            f"等待中 {found.waiting} + 失败 {found.failed} + 未发起 {found.not_opened}",
        )
    )
    for whom, count in found.waits_for:
        say(Text(en=f"  {count} wait for {whom.en}", zh=f"  {count} 项待{whom.zh}"))
    if found.ahead:
        say(Text(en=f"  {found.ahead} more are open ahead of their day", zh=f"  另有 {found.ahead} 项提前发起"))
    for review in found.reviews[:MOST_LINES]:
        say(review_words(review))
    rest = len(found.reviews) - MOST_LINES
    if rest > 0:
        say(Text(en=f"{rest} more; --json has all", zh=f"另有 {rest} 项；--json 列出全部"))
    if found.without_day:
        count, first = len(found.without_day), found.without_day[0]
        say(
            Text(
                en=f"{count} customers have no review within the interval of their grade; the first: {first}",
                zh=f"{count} 家客户的下次复审晚于其等级的复审周期；如：{first}",
            )
        )
    for sweep in found.sweeps:
        say(sweep_words(sweep))
    for away in found.away:
        say(away_words(away))
    for problem in found.problems:
        say(problem)
    if not found.problems:
        say(Text(en="every review is accounted for", zh="全部复审均可说明去向"))
