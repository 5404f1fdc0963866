"""Loading watch lists, and ruling on their entries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click

from admission.evidence.watchlists import RULINGS, ListDifference, RulingWord
from admission.model import Text
from cli.helping import command, group, option
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json, say
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from services import company_lists, rounds, watchlists
from services.watchlists import Loaded

SHOWN = 20


@group(
    zh="""载入 OFAC SDN 名单的版本并查看变化。

    示例：gatehouse watchlist load downloads/sdn --on 2026-11-20
    """
)
def watchlist() -> None:
    """Load versions of the OFAC SDN list and see what changed.

    Example: gatehouse watchlist load downloads/sdn --on 2026-11-20
    """


@watchlist.command(
    "load",
    zh="""从含有 SDN.CSV 和 ALT.CSV（以及 ADD.CSV、SDN_COMMENTS.CSV，如有）的文件夹载入一个名单版本。

    文件会留存，并统计与上一版本相比新增、移除和变更的条目。

    示例：gatehouse watchlist load lists/2026-11-20 --on 2026-11-20
    """,
)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@option(
    "--from-source",
    is_flag=True,
    help=Text(en="Fetch the files from the Treasury instead.", zh="改为从美国财政部下载文件。"),
)
@option(
    "--on",
    "day",
    metavar="DAY",
    help=Text(en="The day the list was published, such as 2026-11-20.", zh="名单发布日，如 2026-11-20。"),
)
@as_option
@json_option
def load(folder: Path | None, from_source: bool, day: str | None, as_user: str | None, as_json: bool) -> None:
    """Load a version of the list from a folder with SDN.CSV and ALT.CSV (ADD.CSV, SDN_COMMENTS.CSV where there).

    Its files are kept, and the entries that are new, gone or changed since the version before are counted.

    Example: gatehouse watchlist load lists/2026-11-20 --on 2026-11-20
    """
    if (folder is None) == (not from_source):
        raise Misuse(Text(en="Give either a folder or --from-source.", zh="请给出文件夹，或 --from-source。"))
    house = open_house()
    person = person_at_hand(house, as_user)
    if folder is not None:
        files, on = watchlists.read_folder(folder), watchlists.day_of(day)
    else:
        files, on = watchlists.fetch_files(house)
        on = watchlists.day_of(day) or on
    loaded = watchlists.load(house, files, on, person)
    if as_json:
        difference = loaded.difference.model_dump(mode="json") if loaded.difference else None
        document = {**loaded.version.model_dump(mode="json"), "loaded": loaded.new, "difference": difference}
        print_json([document], many=False)
    else:
        _tell(loaded)


def _tell(loaded: Loaded) -> None:
    version, found = loaded.version, loaded.difference
    number = version.version[:12]
    en, zh = version.list_name, version.list_name
    if version.listed_on:
        en, zh = f"{en} of {version.listed_on}", f"{zh}（{version.listed_on}）"
    en, zh = f"{en}: {version.entries:,} entries, version {number}", f"{zh}：{version.entries:,} 条，版本 {number}"
    if not loaded.new:
        en, zh = f"{en} (was loaded already)", f"{zh}（此前已载入）"
    say(Text(en=en, zh=zh))
    for name, sha256 in version.files.items():
        click.echo(f"  {name:<16} sha256 {sha256}")
    if found is None or loaded.before is None:
        say(Text(en="the first version; there is none to compare it with", zh="首个版本；没有可比较的版本"))
        return
    before = loaded.before.entries
    say(
        Text(
            en=f"against version {found.before[:12]} with {before:,} entries:",
            zh=f"与版本 {found.before[:12]}（{before:,} 条）相比：",
        )
    )
    for text in _counts(found):
        say(text)


def _counts(found: ListDifference) -> Iterator[Text]:
    """What the entries came to, each kind on a line."""
    yield Text(en=f"  {len(found.new):,} new", zh=f"  新增 {len(found.new):,} 条")
    yield Text(en=f"  {len(found.gone):,} gone", zh=f"  移除 {len(found.gone):,} 条")
    renamed, changed, moved = (f"{len(part):,}" for part in (found.renamed, found.changed, found.moved))
    yield Text(en=f"  {renamed} with a changed name or alias", zh=f"  名称或别名变更 {renamed} 条")
    yield Text(en=f"  {changed} with any changed field", zh=f"  任一字段变更 {changed} 条")
    if found.moved:
        yield Text(en=f"  {moved} with changed addresses", zh=f"  地址变更 {moved} 条")
    if found.not_compared:
        names = ", ".join(found.not_compared)
        yield Text(
            en=f"  not compared, for only one of the two has it: {names}",
            zh=f"  未比较（仅其中一个版本有）：{names}",
        )


@watchlist.command(
    "load-file",
    zh="""载入企业名单的新版本，如商票持续逾期名单（cn_paper_overdue）。文件为 CSV 或 XLSX。

    文件须有名称列（如 企业名称、承兑人名称），可有代码列（统一社会信用代码）。此后的申请单按新版本检索。

    示例：gatehouse watchlist load-file cn_paper_overdue 2026-10.xlsx --on 2026-10-31
    """,
)
@click.argument("source", metavar="LIST")
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--on",
    "day",
    metavar="DAY",
    required=True,
    help=Text(en="The day as of which it was published, such as 2026-10-31.", zh="名单截止日，如 2026-10-31。"),
)
@option(
    "--shorter",
    is_flag=True,
    help=Text(en="The list really has lost so many companies.", zh="确认名单企业数量确实减少这么多。"),
)
@as_option
def load_file(source: str, file: Path, day: str, shorter: bool, as_user: str | None) -> None:
    """Load a version of a list of companies, such as cn_paper_overdue, from a CSV or XLSX file.

    It has a column of names (such as 企业名称) and may have one of codes (统一社会信用代码). Cases are searched in it
    from then on.

    Example: gatehouse watchlist load-file cn_paper_overdue 2026-10.xlsx --on 2026-10-31
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    on = watchlists.day_of(day)
    assert on is not None  # noqa: S101 - a day was given
    loaded = company_lists.load(house, source, file, on, person, shorter=shorter)
    number, entries = loaded.version.version[:12], f"{loaded.version.entries:,}"
    en = f"{source} of {on}: {entries} entries, version {number}"
    zh = f"{source}（{on}）：{entries} 家，版本 {number}"
    if not loaded.new:
        en, zh = f"{en} (was loaded already)", f"{zh}（此前已载入）"
    elif loaded.before is not None:
        en = f"{en}; {loaded.added:,} new and {loaded.gone:,} gone since {loaded.before.listed_on}"
        zh = f"{zh}；较 {loaded.before.listed_on} 新增 {loaded.added:,} 家、移出 {loaded.gone:,} 家"
    say(Text(en=en, zh=zh))


@watchlist.command(
    "list",
    zh="""列出已载入的版本，最新的在前。

    示例：gatehouse watchlist list
    """,
)
@json_option
def list_versions(as_json: bool) -> None:
    """List the versions that were loaded, newest first.

    Example: gatehouse watchlist list
    """
    versions = watchlists.versions(open_house())[:SHOWN]
    if as_json:
        print_json([version.model_dump(mode="json") for version in versions], many=True)
        return
    for version in versions:
        say(
            Text(
                en=f"{version.version[:12]}  {version.listed_on or 'day unknown'}  {version.entries:,} entries",
                zh=f"{version.version[:12]}  {version.listed_on or '日期不详'}  {version.entries:,} 条",
            )
        )
    if not versions:
        say(
            Text(
                en="no list was loaded yet; load one with `gatehouse watchlist load FOLDER`",
                zh="尚未载入名单；用 `gatehouse watchlist load 文件夹` 载入",
            )
        )


@command(
    zh="""对申请单筛查命中的名单条目作出裁定；随后进入下一轮。

    识别号一致或名称一致的条目，裁定为非同一企业须由第二人以 --confirm 签署。

    示例：gatehouse rule GH-2026-000003 90001 --not-same --reason "国家和业务均不同"；
    gatehouse rule GH-2026-000003 90001 --confirm
    """
)
@click.argument("reference")
@click.argument("entry")
@option(
    "--same",
    "word",
    flag_value="same",
    help=Text(en="It is this company; knocks the case out.", zh="是同一企业；触发禁入条款。"),
)
@option("--not-same", "word", flag_value="not_same", help=Text(en="It is another company.", zh="不是同一企业。"))
@option(
    "--unclear",
    "word",
    flag_value="unclear",
    help=Text(en="Nobody can tell; people decide.", zh="无法判定；由人工审批。"),
)
@option("--reason", help=Text(en="Why.", zh="理由。"))
@option(
    "--confirm",
    is_flag=True,
    help=Text(en="Sign another person's ruling as the second person.", zh="作为第二人签署他人的裁定。"),
)
@as_option
def rule(reference: str, entry: str, word: str | None, reason: str | None, confirm: bool, as_user: str | None) -> None:
    """Rule on a list entry that the screening of a case brought up; the next round of the case opens.

    Who clears an equal official number or an equal name needs a second person, who signs with --confirm.

    Examples: gatehouse rule GH-2026-000003 90001 --not-same --reason "another country, another business";
    gatehouse rule GH-2026-000003 90001 --confirm
    """
    if confirm == (word is not None or reason is not None):
        raise Misuse(
            Text(
                en="Give one of --same, --not-same and --unclear with --reason, or --confirm.",
                zh="请在 --same、--not-same 和 --unclear 中选择一个并给出 --reason，或者只给出 --confirm。",
            )
        )
    house = open_house()
    person = person_at_hand(house, as_user)
    if confirm:
        signed = rounds.confirm_ruling(house, reference, entry, person)
        deliver_now(house)
        say(
            Text(
                en=f"{reference}: the ruling on {entry} counts; round {signed.round} is open",
                zh=f"{reference}：对条目 {entry} 的裁定已生效；第 {signed.round} 轮已开启",
            )
        )
        return
    if word is None or reason is None:
        raise Misuse(Text(en="A ruling needs a word and a --reason.", zh="裁定须给出结论和 --reason。"))
    opening = rounds.rule(house, reference, entry, cast("RulingWord", word), reason, person)
    deliver_now(house)
    ruling = RULINGS[cast("RulingWord", word)]
    if opening is None:
        second = f"gatehouse rule {reference} {entry} --confirm"
        say(
            Text(
                en=f"{reference}: {entry} {ruling.en}; it counts once a second person adds: {second}",
                zh=f"{reference}：条目 {entry} {ruling.zh}；须第二人签署后生效：{second}",
            )
        )
        return
    say(
        Text(
            en=f"{reference}: {entry} {ruling.en}; round {opening.round} is open",
            zh=f"{reference}：条目 {entry} {ruling.zh}；第 {opening.round} 轮已开启",
        )
    )
