"""Files: what can be wrong with one that a person hands in, and what keeps a new one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from admission.errors import BadInput
from admission.model import Text


def no_such_file(name: str) -> BadInput:
    """Return the error of a file that is not there."""
    return BadInput(
        Text(en=f"There is no file {name}.", zh=f"没有文件 {name}。"), remedy=Text(en="check the path", zh="请检查路径")
    )


def no_utf8(name: str) -> BadInput:
    """Return the error of a text file in another encoding than UTF-8."""
    return BadInput(
        Text(en=f"{name} is not UTF-8 text.", zh=f"{name} 不是 UTF-8 文本。"),
        remedy=Text(
            en="save it as UTF-8 (in Excel: CSV UTF-8)", zh="请另存为 UTF-8（Excel 中选择“CSV UTF-8（逗号分隔）”）"
        ),
    )


def no_csv(name: str, error: Exception) -> BadInput:
    """Return the error of a file that cannot be read as CSV."""
    return BadInput(
        Text(en=f"{name} cannot be read as CSV ({error}).", zh=f"{name} 无法按 CSV 读取（{error}）。"),
        remedy=Text(en="check its quotation marks", zh="请检查引号"),
    )


def no_rows(name: str) -> BadInput:
    """Return the error of a table without a line of column names or without rows."""
    return BadInput(
        Text(en=f"{name} has no rows.", zh=f"{name} 没有数据行。"),
        remedy=Text(en="give a line of column names and one row for each company", zh="首行写列名，其后每家企业一行"),
    )


def read_file(path: Path, at_most: int) -> bytes:
    """Read a file that is itself what it is called: no link to another, no folder, no pipe, and of bounded size.

    What a form names as its screenshot is read with the rights of whoever hands it in, and kept for others to see; a
    link of that name could lead to any file of theirs.

    Args:
        path: the file; links among its folders are followed.
        at_most: how many bytes it may have.

    Raises:
        BadInput: there is none, it is a link or no plain file, it is too large, or it cannot be opened.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise cannot_open(path.name, error) from None
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        os.close(handle)
        raise no_such_file(path.name)
    with os.fdopen(handle, "rb") as file:
        # One byte more tells a file that grows meanwhile.
        body = b"" if state.st_size > at_most else file.read(state.st_size + 1)
        size = max(state.st_size, len(body))
    if size > at_most:
        raise BadInput(
            Text(
                en=f"{path.name} has {size:,} bytes; at most {at_most:,} are taken.",
                zh=f"{path.name} 有 {size:,} 字节；上限为 {at_most:,} 字节。",
            )
        )
    return body


def settle(folder: Path) -> None:
    """Put on disk which names a folder has: a new one is only sure to be found after a power cut once that is done."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def cannot_open(name: str, error: OSError) -> BadInput:
    """Return the error of a file that cannot be opened."""
    if error.errno == errno.ELOOP:
        return BadInput(
            Text(en=f"{name} is a link to another file.", zh=f"{name} 是指向其他文件的链接。"),
            remedy=Text(en="put the file itself in its place", zh="请改为放置文件本身"),
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENXIO, errno.ENAMETOOLONG):
        return no_such_file(name)
    return BadInput(
        Text(en=f"{name} cannot be opened ({error.strerror}).", zh=f"{name} 无法打开（{error.strerror}）。"),
        remedy=Text(en="check its permissions", zh="请检查文件权限"),
    )
