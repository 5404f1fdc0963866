"""What several readers of answers say to people, in both languages."""

from __future__ import annotations

from admission.model import Text

CHECK_FORMAT = Text(
    en="the source may have changed its format; ask whoever runs Gatehouse to compare the answer with the connector",
    zh="该来源的格式可能已变更，请系统管理员核对答复并更新连接器",
)
CUT_OFF = Text(en="The answer was cut off.", zh="答复不完整，传输中断。")
EMPTY = Text(en="The source sent an empty answer.", zh="该来源返回了空的答复。")
ANOTHER_COMPANY = Text(en="The answer is about another company.", zh="答复所述的是另一家公司。")


def unexpected_status(status: int) -> Text:
    """Say that a source answered with a status that its connector does not expect."""
    return Text(
        en=f"The source answered with status {status}, which is not expected here.",
        zh=f"该来源返回了预期之外的状态码 {status}。",
    )
