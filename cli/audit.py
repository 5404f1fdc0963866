"""Proof: verifying the history, exporting cases, replaying assessments, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from admission.approval.mandates import Act
from admission.errors import NOTHING, BadInput
from admission.model import Text
from casebook.database.signing import written_keys
from casebook.proof.flaws import Flaw
from cli.helping import command, group, option
from cli.language import language, to_reader
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json, print_table, progress, say
from cli.session import open_house, person_at_hand
from services import audit, heads
from services import replay as replaying
from services.mandates import check_mandate
from wiring import House

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_CASES = 1_000_000
# Exit status where nothing is wrong, but nothing from outside proves it.
UNPROVED = 3
# How a replay ended.
RESULTS = {
    "same": Text(en="same", zh="一致"),
    "explained": Text(en="explained", zh="差异有解释"),
    "unexplained": Text(en="unexplained", zh="差异无解释"),
}


@command(
    zh="""遍历审计链，逐行核对台账、留存的答复和数据库触发器，逐条说明不符之处。

    退出状态：0 全部相符，且给出了台账之外的公钥和链头；1 有不符；
    3 未发现不符，但缺少外部公钥或链头，末行说明因此无法得知什么。

    示例：gatehouse verify --head heads.jsonl --keys public.json；gatehouse verify --bundle case.zip
    """
)
@option(
    "--head",
    "heads_file",
    type=FILE,
    help=Text(
        en="File of published heads, kept elsewhere; that of the settings if not given.",
        zh="保存在他处的已公布链头文件；默认为设置中的文件。",
    ),
)
@option(
    "--bundle",
    "bundle_file",
    type=FILE,
    help=Text(en="Check this bundle instead of the casebook; offline.", zh="离线检查此导出文件，而非台账。"),
)
@option(
    "--keys",
    "keys_file",
    type=FILE,
    help=Text(
        en="Public keys to trust (`gatehouse keys export`), kept elsewhere.",
        zh="保存在他处、予以信任的公钥（`gatehouse keys export`）。",
    ),
)
@json_option
def verify(heads_file: Path | None, bundle_file: Path | None, keys_file: Path | None, as_json: bool) -> int:
    """Hold every row, every stored answer and the triggers against the audit chain; say what is wrong, line by line.

    Exit status 0: all is well, and keys and heads from outside were given. 1: something is wrong. 3: nothing wrong was
    found, but without keys or heads from outside; the last line says what nobody can know then.

    Examples: gatehouse verify --head heads.jsonl --keys public.json; gatehouse verify --bundle case.zip
    """
    house = open_house()
    if bundle_file is not None:
        return _verify_bundle(house, bundle_file, keys_file, as_json=as_json)
    trusted = audit.trust(house, keys_file)
    published = heads_file or (heads.head_file(house) if heads.head_file(house).is_file() else None)
    known = heads.read_heads(published) if published else ()
    proof = audit.verify(house, trusted, known, progress)
    limits = audit.limits(house, keys_file, heads_file, known)
    if as_json:
        counts = proof.model_dump(mode="json", exclude={"flaws"})
        keys_from = {"keys": to_reader(trusted.source), "cannot_know": [to_reader(limit) for limit in limits]}
        print_json([{**counts, **keys_from, **_verdict(proof.flaws)}], many=False)
        return _status(proof.flaws, limits)
    _tell(proof.flaws)
    count = _count(proof.flaws)
    say(
        Text(
            en=f"{count.en}: {proof.events} events, {proof.rows} rows, {proof.answers} stored answers, "
            f"{proof.heads} published heads; keys from {trusted.source.en}",
            zh=f"{count.zh}：事件 {proof.events} 条，数据 {proof.rows} 行，留存答复 {proof.answers} 份，"
            f"已公布链头 {proof.heads} 个；公钥来源：{trusted.source.zh}",
        )
    )
    _tell_limits(limits)
    return _status(proof.flaws, limits)


def _verify_bundle(house: House, file: Path, keys_file: Path | None, *, as_json: bool) -> int:
    if keys_file is None and not (house.settings.folder / "keys").is_dir():
        raise BadInput(
            Text(en="A bundle is checked with public keys.", zh="检查导出文件需要公钥。"),
            remedy=Text(
                en="give --keys FILE (`gatehouse keys export`)", zh="请给出 --keys 文件（`gatehouse keys export`）"
            ),
        )
    trusted = audit.trust(house, keys_file)
    reference, flaws = audit.verify_bundle(file, trusted)
    limits = audit.key_limits(house, keys_file)
    if as_json:
        keys_from = {"keys": to_reader(trusted.source), "cannot_know": [to_reader(limit) for limit in limits]}
        print_json([{"case": reference, **keys_from, **_verdict(flaws)}], many=False)
    else:
        _tell(flaws)
        count = _count(flaws)
        say(
            Text(
                en=f"{count.en}: bundle of {reference or 'no case'}; keys from {trusted.source.en}",
                zh=f"{count.zh}：{reference or '未知申请单'} 的导出文件；公钥来源：{trusted.source.zh}",
            )
        )
        _tell_limits(limits)
    return _status(flaws, limits)


def _tell_limits(limits: Sequence[Text]) -> None:
    if limits:
        say(
            Text(
                en="NOT KNOWN: " + "; ".join(limit.en for limit in limits),
                zh="无法得知：" + "；".join(limit.zh for limit in limits),
            )
        )


def _status(flaws: Sequence[Flaw], limits: Sequence[Text]) -> int:
    """Return 1 for flaws, 3 where nothing is wrong as far as can be known, 0 where it was proved from outside."""
    return 1 if flaws else UNPROVED if limits else 0


def _verdict(flaws: Sequence[Flaw]) -> dict[str, object]:
    return {"sound": not flaws, "flaws": [{**flaw.model_dump(), "text": flaw.line(language())} for flaw in flaws]}


def _tell(flaws: Sequence[Flaw]) -> None:
    for flaw in flaws:
        click.echo(flaw.line(language()))


def _count(flaws: Sequence[Flaw]) -> Text:
    if not flaws:
        return Text(en="sound", zh="完好")
    return Text(en=f"NOT SOUND, {len(flaws)} finding(s)", zh=f"不完好，发现 {len(flaws)} 处问题")


@command(
    zh="""导出一个已签名的申请单：作出了什么决定、依据什么、由谁作出，附原始答复和证明。

    文件含有提交审批意见的人员和企业高管的个人信息。

    示例：gatehouse bundle GH-2026-000001 --out GH-2026-000001.zip
    """
)
@click.argument("reference")
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=Text(en="File to write (ZIP).", zh="写入的文件（ZIP）。"),
)
def bundle(reference: str, out: Path) -> None:
    """Export one case, signed: what was decided, on what, by whom, with the raw answers and the proof.

    It holds personal data of the people who voted and of the company's officers.

    Example: gatehouse bundle GH-2026-000001 --out GH-2026-000001.zip
    """
    body = audit.make_bundle(open_house(), reference)
    out.write_bytes(body)
    check = f"gatehouse verify --bundle {out.name}"
    say(
        Text(
            en=f"{reference}: {len(body):,} bytes in {out.name}; check it with `{check}`",
            zh=f"{reference}：{out.name}，{len(body):,} 字节；可用 `{check}` 检查",
        )
    )


@command(
    zh="""根据留存的答复，按当时的准入政策和汇率重新推导评估，逐字节比较。

    存在解析器、引擎或准入政策的版本变化均不能解释的差异时，退出状态为 1。

    示例：gatehouse replay GH-2026-000001；gatehouse replay --all
    """
)
@click.argument("reference", required=False)
@option("--all", "everything", is_flag=True, help=Text(en="Every case that was assessed.", zh="所有已评估的申请单。"))
@json_option
def replay(reference: str | None, everything: bool, as_json: bool) -> int:
    """Derive assessments again from the stored answers, under the policy and rates of then, and compare to the byte.

    Exit status 1 where something differs that no version of a parser, the engine or the policy explains.

    Examples: gatehouse replay GH-2026-000001; gatehouse replay --all
    """
    if (reference is None) == (not everything):
        raise Misuse(Text(en="Give one reference, or --all.", zh="请给出一个申请单号，或 --all。"))
    house = open_house()
    if reference is not None:
        results = [replaying.replay_one(house, reference)]
    else:
        references = sorted(case.reference for case in house.casebook.cases.list(newest=MOST_CASES))
        results = list(replaying.replay(house, references, progress))
    if as_json:
        print_json([result.model_dump(mode="json") for result in results], many=everything)
    else:
        for result in results:
            if reference is not None or result.result != "same":
                say(_line(result))
        counts = [(sum(result.result == code for result in results), words) for code, words in RESULTS.items()]
        say(
            Text(
                en=", ".join(f"{count} {words.en}" for count, words in counts),
                zh="，".join(f"{words.zh} {count}" for count, words in counts),
            )
        )
    return 1 if any(result.result == "unexplained" for result in results) else 0


def _line(result: replaying.Replayed) -> Text:
    words, reasons = RESULTS[result.result], "; ".join(result.explained_by)
    why = Text(en=f" by {reasons}", zh=f"（{reasons}）") if reasons else NOTHING
    what = f": {', '.join(result.differs)}" if result.differs else ""
    return Text(
        en=f"{result.case} round {result.round}: {words.en}{why.en}{what}",
        zh=f"{result.case} 第 {result.round} 轮：{words.zh}{why.zh}{what}",
    )


@group(
    zh="""查看、导出和更换历史记录的签名密钥。

    示例：gatehouse keys export --out public.json
    """
)
def keys() -> None:
    """Show, export and rotate the keys that the history is signed with.

    Example: gatehouse keys export --out public.json
    """


@keys.command(
    "list",
    zh="""列出全部公钥，最早的在前。

    示例：gatehouse keys list
    """,
)
@json_option
def list_keys(as_json: bool) -> None:
    """List all public keys, oldest first.

    Example: gatehouse keys list
    """
    house = open_house()
    found = [key.model_dump(mode="json") for key in house.casebook.keys.all()]
    if as_json:
        print_json(found, many=True)
        return
    columns: dict[str, Text | None] = {
        "id": Text(en="key", zh="密钥"),
        "valid_from": Text(en="from", zh="生效"),
        "valid_until": Text(en="until", zh="失效"),
        "public": Text(en="public key", zh="公钥"),
    }
    empty = Text(en="no keys; create the casebook with `gatehouse init`", zh="尚无密钥；请运行 `gatehouse init`")
    print_table(found, columns, empty=empty)


@keys.command(
    "export",
    zh="""导出公钥，供在别处检查链头和导出文件的人使用。

    示例：gatehouse keys export --out public.json
    """,
)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=Text(en="File to write; printed if not given.", zh="写入的文件；未给出时直接输出。"),
)
def export(out: Path | None) -> None:
    """Export the public keys, for whoever checks heads and bundles elsewhere.

    Example: gatehouse keys export --out public.json
    """
    text = written_keys(open_house().casebook.keys.all())
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        say(Text(en=f"public keys written to {out.name}", zh=f"公钥已写入 {out.name}"))


@keys.command(
    "rotate",
    zh="""生成新密钥；引入新密钥的事件由旧密钥签名。

    请将新私钥（数据文件夹中的 `keys`）复制到写入此台账的其他机器。

    示例：gatehouse keys rotate
    """,
)
@as_option
def rotate(as_user: str | None) -> None:
    """Make a new key; the old one signs the event that brings it in.

    Copy the new private key (folder `keys` of the data folder) to every other machine that writes to this casebook.

    Example: gatehouse keys rotate
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    check_mandate(house, Act.ROTATE_KEYS, person)
    key = house.casebook.keys.rotate(person.username)
    say(
        Text(
            en=f"key {key.id} signs from now on; export the public keys anew: gatehouse keys export",
            zh=f"今后由密钥 {key.id} 签名；请重新导出公钥：gatehouse keys export",
        )
    )
