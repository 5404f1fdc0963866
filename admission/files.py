"""What can be wrong with any file that a person hands in."""

from __future__ import annotations

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


def no_rows(name: str) -> BadInput:
    """Return the error of a table without a line of column names or without rows."""
    return BadInput(
        Text(en=f"{name} has no rows.", zh=f"{name} 没有数据行。"),
        remedy=Text(en="give a line of column names and one row for each company", zh="首行写列名，其后每家企业一行"),
    )
