"""Words and escaping that memos in both languages share."""

from __future__ import annotations

import re

from admission.findings import Verdict
from admission.model import Text

VERDICTS = {
    Verdict.PASS: Text(en="pass", zh="通过"),
    Verdict.FAIL: Text(en="FAIL", zh="不通过"),
    Verdict.UNKNOWN: Text(en="unknown", zh="未知"),
}
ROUTES = {
    "fast_track": Text(en="fast track: the machine may admit", zh="快速通道：系统可准入"),
    "desk": Text(en="desk: people approve in stages", zh="分级审批"),
    "committee": Text(en="committee", zh="评审委员会"),
    "knock_out": Text(en="knock-out", zh="一票否决"),
}
BINDINGS = {
    "need": Text(en="what was asked for", zh="申请额度"),
    "net_worth": Text(en="net worth", zh="净资产"),
    "turnover": Text(en="turnover", zh="营业收入"),
    "bureau_limit": Text(en="bureau limit", zh="征信建议额度"),
    "concentration_cap": Text(en="concentration cap", zh="集中度上限"),
    "starter_cap": Text(en="starter cap", zh="起步上限"),
    "knock_out": Text(en="knock-out", zh="一票否决"),
    "grade": Text(en="grade", zh="等级"),
}


def escape(text: str) -> str:
    """Take the meaning out of characters that Markdown or HTML would read; what sources send is never markup."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for character in "\\`*_[]|#~":
        text = text.replace(character, f"\\{character}")
    # Readers of Markdown make links of bare addresses too.
    text = re.sub(r"(?i)(?<=\bwww)\.|:(?=//)|@", lambda found: f"\\{found[0]}", text)
    return " ".join(text.split())
