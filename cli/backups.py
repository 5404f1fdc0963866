"""Backup of the house while it runs, and restoring it elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from admission.model import Text
from cli.audit import prove
from cli.helping import command, option
from cli.output import json_option, print_json, progress, say
from cli.session import open_house
from services import backup as backups
from wiring import build_house

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command(
    zh="""在系统运行时备份：台账、原始答复、签名密钥、链头及设置所指的文件。

    备份文件夹含有私钥和个人信息。如有答复缺失或内容与其 sha256 不符，备份照常完成，但退出状态为 1。

    示例：gatehouse backup /backup/2026-11-28 --keys-to /vault/2026-11-28
    """
)
@click.argument("folder", type=FOLDER)
@option(
    "--keys-to",
    type=FOLDER,
    help=Text(en="Put the private keys into this folder instead.", zh="将私钥另存到此文件夹。"),
)
@json_option
def backup(folder: Path, keys_to: Path | None, as_json: bool) -> int:
    """Back up while everything runs: casebook, raw answers, signing keys, heads, and the files that settings name.

    The folder holds private keys and personal data. Exit status 1 where an answer is missing, or not what its sha256
    says: the backup is made all the same.

    Example: gatehouse backup /backup/2026-11-28 --keys-to /vault/2026-11-28
    """
    manifest = backups.back_up(open_house(), folder, keys_to)
    answers = manifest.answers
    if as_json:
        print_json([manifest.model_dump(mode="json")], many=False)
    else:
        say(
            Text(
                en=f"{folder.name}: casebook up to event {manifest.head.seq} or later, {answers.count} stored answers "
                f"({answers.size:,} bytes), {len(manifest.files) - 1} more files",
                zh=f"{folder.name}：台账（至少至第 {manifest.head.seq} 条记录）、留存答复 {answers.count} 份"
                f"（{answers.size:,} 字节）、其他文件 {len(manifest.files) - 1} 个",
            )
        )
    for name in answers.damaged:
        progress(Text(en=f"damaged before it was copied: {name}", zh=f"复制前已损坏：{name}"))
    for name in answers.missing:
        progress(
            Text(en=f"named by the casebook and not in this folder: {name}", zh=f"台账有记载而文件夹中没有：{name}")
        )
    return 1 if answers.damaged or answers.missing else 0


@command(
    zh="""将备份恢复到空的数据文件夹（使用 Postgres 时还须空的数据库），随后按 `gatehouse verify` 验证。

    退出状态与 `gatehouse verify` 相同。备份有缺失或改动时不恢复任何内容。
    若原系统仍在运行，请勿在恢复处启动工作进程：待发消息会发送两次。

    示例：GATEHOUSE_DATA=/srv/restored gatehouse restore /backup/2026-11-28 --keys-from /vault/2026-11-28
    """
)
@click.argument("folder", type=FOLDER)
@option("--keys-from", type=FOLDER, help=Text(en="Folder of the private keys.", zh="私钥所在的文件夹。"))
@option(
    "--head",
    "heads_file",
    type=FILE,
    help=Text(en="File of published heads, kept elsewhere.", zh="保存在他处的已公布链头文件。"),
)
@option(
    "--keys",
    "keys_file",
    type=FILE,
    help=Text(en="Public keys to trust, kept elsewhere.", zh="保存在他处、予以信任的公钥。"),
)
@json_option
def restore(
    folder: Path, keys_from: Path | None, heads_file: Path | None, keys_file: Path | None, as_json: bool
) -> int:
    """Restore a backup into an empty data folder (and an empty database of Postgres), then verify it.

    Exit status as that of `gatehouse verify`. Where the backup is not whole, nothing is restored. While the house it
    was made of still runs, start no worker here: what waits to be delivered would be delivered twice.

    Example: GATEHOUSE_DATA=/srv/restored gatehouse restore /backup/2026-11-28 --keys-from /vault/2026-11-28
    """
    house = build_house()
    restored = backups.restore(house, folder, keys_from)
    house.casebook.keys.check()
    if restored.erased_again:
        count = restored.erased_again
        progress(
            Text(
                en=f"erased again what was erased since this backup was made: {count} time(s) answers or documents",
                zh=f"已再次删除备份之后已删除的内容：{count} 次（原始答复或资料）",
            )
        )
    for variable, path in restored.settings.items():
        progress(Text(en=f"set {variable}={path}", zh=f"请设置 {variable}={path}"))
    return prove(house, heads_file, keys_file, besides=[restored.manifest.head], as_json=as_json)
