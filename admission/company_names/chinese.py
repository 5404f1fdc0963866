"""Chinese names of companies: region, trade name, legal form, branch.

上海某某有限公司 and 某某（上海）有限公司 are one name.

有限公司 and 股份有限公司 are two legal forms: a name that differs in these alone is another company's, or one that was
changed into the other form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from admission.company_names.numbers import chinese_in_digits
from admission.company_names.regions import REGIONS

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
ChineseForm = Literal["", "limited", "stock", "partnership"]
_FORMS: tuple[tuple[str, ChineseForm], ...] = (
    ("股份有限责任公司", "stock"),
    ("股份有限公司", "stock"),
    ("股份公司", "stock"),
    ("有限责任公司", "limited"),
    ("有限公司", "limited"),
    ("有限责任合伙企业", "partnership"),
    ("合伙企业", "partnership"),
    ("公司", ""),
)
_BRACKETS = re.compile(r"[(（〔\[【]([^()（）〔〕\[\]【】]*)[)）〕\]】]")
_BRANCH = re.compile(r"(?P<company>.+公司).{0,20}?(?:分公司|办事处|代表处|营业部)$")
# Japanese names are written in the same characters; after the traditional ones were made simplified.
_JAPANESE = "(?:株式会社|有限会社|合同会社|合资会社|合名会社)"
_JAPANESE_FORM = re.compile(rf"^{_JAPANESE}(?=.)|(?<=.){_JAPANESE}$")
_JAPANESE_SHORT = frozenset({"株", "有", "同"})
_PARTNERSHIP = re.compile(r"(?:有限合伙|普通合伙|特殊普通合伙)$")
_LEAST_OF_A_NAME = 2  # characters that are left when a region is taken off: 上海 alone is a name
_SUFFIX = "(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|地区|省|市(?![场政民值容])|县)?"
_REGION = re.compile(rf"(?P<region>{'|'.join(sorted(REGIONS, key=len, reverse=True))}){_SUFFIX}")


@dataclass(frozen=True)
class ChineseName:
    """A Chinese name, taken apart.

    Attributes:
        core: trade name and trade.
        regions: those in front and in brackets, without 省 and 市, in their order.
        form: the legal form, where the name says it.
        branch: True for a branch of the company.
    """

    core: str
    regions: tuple[str, ...] = ()
    form: ChineseForm = ""
    branch: bool = False

    @property
    def text(self) -> str:
        """The trade name, then the regions, wherever they stood."""
        return self.core + "".join(self.regions)


def take_apart(name: str) -> ChineseName:
    """Take a Chinese name apart.

    Args:
        name: in simplified characters, without blanks between them, with its brackets.
    """
    branch = _BRANCH.match(name)
    if branch:
        name = branch["company"]
    bracketed: list[str] = []

    def move(match: re.Match[str]) -> str:
        if match[1] in _JAPANESE_SHORT:
            return ""
        region = _REGION.fullmatch(match[1])
        if region is None:
            return match[1]
        bracketed.append(region["region"])
        return ""

    name = _JAPANESE_FORM.sub("", _BRACKETS.sub(move, name))
    form: ChineseForm = ""
    if partners := _PARTNERSHIP.search(name):
        name, form = name[: partners.start()], "partnership"
    for ending, meaning in _FORMS:
        if name.endswith(ending) and len(name) > len(ending):
            name, form = name.removesuffix(ending), meaning or form
            break
    leading: list[str] = []
    while (region := _REGION.match(name)) and len(name) - region.end() >= _LEAST_OF_A_NAME:
        leading.append(region["region"])
        name = name[region.end() :]
    regions = tuple(dict.fromkeys([*leading, *bracketed]))
    return ChineseName(chinese_in_digits(name), regions, form, branch is not None)
