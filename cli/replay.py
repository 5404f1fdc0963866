"""Replaying assessments: deriving them again from what was stored."""

from __future__ import annotations

from pathlib import Path

import click

from admission.errors import NOTHING
from admission.model import Text
from cli.helping import command, option
from cli.misuse import Misuse
from cli.output import json_option, print_json, progress, say
from cli.session import open_house
from services import replay as replaying
from services import replayed
from wiring import House

MOST_CASES = 1_000_000
# How a replay ended.
RESULTS = {
    "same": Text(en="same", zh="一致"),
    "explained": Text(en="explained", zh="差异有解释"),
    "unexplained": Text(en="unexplained", zh="差异无解释"),
    "erased": Text(en="erased", zh="已删除"),
}


@command(
    zh="""根据留存的答复，按当时的准入政策和汇率重新推导评估，逐字节比较。

    存在解析器、引擎或准入政策的版本变化均不能解释的差异时，退出状态为 1。

    示例：gatehouse replay GH-2026-000001；gatehouse replay --all；gatehouse replay --all --checkpoint replayed.json
    """
)
@click.argument("reference", required=False)
@option("--all", "everything", is_flag=True, help=Text(en="Every case that was assessed.", zh="所有已评估的申请单。"))
@option(
    "--checkpoint",
    "checkpoint_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=Text(
        en="Where the last --all ended: cases without an event since are left out. Written where all is explained.",
        zh="上次 --all 的终点：此后没有新记录的申请单不再重算。差异均有解释时更新此文件。",
    ),
)
@json_option
def replay(reference: str | None, everything: bool, checkpoint_file: Path | None, as_json: bool) -> int:
    """Derive assessments again from the stored answers, under the policy and rates of then, and compare to the byte.

    Exit status 1 where something differs that no version of a parser, the engine or the policy explains.

    Examples: gatehouse replay GH-2026-000001; gatehouse replay --all; gatehouse replay --all --checkpoint replayed.json
    """
    if (reference is None) == (not everything):
        raise Misuse(Text(en="Give one reference, or --all.", zh="请给出一个申请单号，或 --all。"))
    if checkpoint_file is not None and not everything:
        raise Misuse(Text(en="--checkpoint goes with --all.", zh="--checkpoint 须与 --all 同用。"))
    house = open_house()
    one = None if reference is None else replaying.replay_one(house, reference)
    results = _replay_all(house, checkpoint_file) if one is None else [one]
    if as_json:
        print_json([result.model_dump(mode="json") for result in results], many=everything)
    else:
        for result in results:
            if reference is not None or result.result != "same":
                say(_line(result))
        counts = [(sum(result.result == code for result in results), words) for code, words in RESULTS.items()]
        counts = [(count, words) for count, words in counts if count or words is not RESULTS["erased"]]
        say(
            Text(
                en=", ".join(f"{count} {words.en}" for count, words in counts),
                zh="，".join(f"{words.zh} {count}" for count, words in counts),
            )
        )
    return 1 if any(result.result == "unexplained" for result in results) else 0


def _replay_all(house: House, checkpoint_file: Path | None) -> list[replaying.Replayed]:
    """Replay every case, or those that had an event since the checkpoint; say beside the output what is left out."""
    references = sorted(case.reference for case in house.casebook.cases.list(newest=MOST_CASES))
    due = replayed.due(house, references, checkpoint_file)
    if due.since is not None:
        seq, day, count = due.since.seq, due.since.at[:10], due.left_out
        progress(
            Text(
                en=f"replayed up to event {seq} on {day}: {count} case(s) without an event since are left out on trust",
                zh=f"已于 {day} 重算至第 {seq} 条记录：此后没有新记录的 {count} 个申请单不再重算，以上次结果为准",
            )
        )
    if due.other_code:
        progress(
            Text(
                en="parsers or engine have another version than at the checkpoint: every case is replayed",
                zh="解析器或引擎的版本与检查点时不同：重算全部申请单",
            )
        )
    results = list(replaying.replay(house, due.references, progress))
    if checkpoint_file is not None and not any(result.result == "unexplained" for result in results):
        replayed.write_down(house, checkpoint_file, due.end)
    return results


def _line(result: replaying.Replayed) -> Text:
    words, reasons = RESULTS[result.result], "; ".join(result.explained_by)
    why = Text(en=f" by {reasons}", zh=f"（{reasons}）") if reasons else NOTHING
    what = f": {', '.join(result.differs)}" if result.differs else ""
    return Text(
        en=f"{result.case} round {result.round}: {words.en}{why.en}{what}",
        zh=f"{result.case} 第 {result.round} 轮：{words.zh}{why.zh}{what}",
    )
