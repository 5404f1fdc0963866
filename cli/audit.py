"""Proof: verifying the history, exporting cases, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from admission.approval.mandates import Act
from admission.errors import BadInput
from admission.model import Text
from casebook.database.signing import written_keys
from casebook.proof.flaws import Flaw
from casebook.proof.verification import Head
from cli.helping import command, group, option
from cli.language import language, to_reader
from cli.output import as_option, json_option, print_json, print_table, progress, say
from cli.session import open_house, person_at_hand
from services import audit, heads
from services.mandates import check_mandate
from wiring import House

ERASED = {
    "answers": Text(en="raw answers", zh="原始答复"),
    "personal": Text(en="documents", zh="资料"),
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# Exit status where nothing is wrong, but nothing from outside proves it.
UNPROVED = 3


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
@option(
    "--checkpoint",
    "checkpoint_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=Text(
        en="Where the last sound verification ended; signatures before it are not checked again. Written when sound.",
        zh="上次核验完好的终点：此前的签名不再重复核验。核验完好时更新此文件。",
    ),
)
@json_option
def verify(
    heads_file: Path | None,
    bundle_file: Path | None,
    keys_file: Path | None,
    checkpoint_file: Path | None,
    as_json: bool,
) -> int:
    """Hold every row, every stored answer and the triggers against the audit chain; say what is wrong, line by line.

    Exit status 0: all is well, and keys and heads from outside were given. 1: something is wrong. 3: nothing wrong was
    found, but without keys or heads from outside; the last line says what nobody can know then.

    Examples: gatehouse verify --head heads.jsonl --keys public.json; gatehouse verify --bundle case.zip
    """
    house = open_house()
    if bundle_file is not None:
        return _verify_bundle(house, bundle_file, keys_file, as_json=as_json)
    return prove(house, heads_file, keys_file, checkpoint_file=checkpoint_file, as_json=as_json)


def prove(
    house: House,
    heads_file: Path | None,
    keys_file: Path | None,
    *,
    besides: Sequence[Head] = (),
    checkpoint_file: Path | None = None,
    as_json: bool,
) -> int:
    """Verify the casebook and tell what was found; return the exit status of `gatehouse verify`.

    Args:
        house: the house.
        heads_file: published heads; those of the settings if not given.
        keys_file: public keys to trust; those of the data folder if not given.
        besides: heads that the chain must hold too, from wherever they are.
        checkpoint_file: what an earlier sound verification has left; written anew where this one is sound.
        as_json: print JSON.
    """
    trusted = audit.trust(house, keys_file)
    published = heads_file or (heads.head_file(house) if heads.head_file(house).is_file() else None)
    known = heads.read_heads(published) if published else ()
    point = audit.read_checkpoint(checkpoint_file) if checkpoint_file is not None else None
    proof = audit.verify(house, trusted, [*known, *besides], progress, point)
    if checkpoint_file is not None and not proof.flaws:
        audit.write_checkpoint(house, checkpoint_file, proof)
    limits = audit.limits(house, keys_file, heads_file, known)
    if as_json:
        counts = proof.model_dump(mode="json", exclude={"flaws", "end"})
        counts["signatures_checked_before"] = point.seq if point is not None else 0
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
    for item in proof.erased:
        what = ERASED[item.kind]
        say(
            Text(
                en=f"erased under rule {item.rule}: {what.en} of {item.cases} case(s)",
                zh=f"已依规删除（{item.rule}）：{item.cases} 个申请单的{what.zh}",
            )
        )
    if point is not None:
        say(
            Text(
                en=f"signatures of events 1 to {point.seq} were checked on {point.at[:10]}, and are not again",
                zh=f"第 1 至 {point.seq} 条记录的签名已于 {point.at[:10]} 核验，本次未重复核验",
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
