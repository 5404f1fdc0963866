"""Text in one form: one width for all characters, and simplified characters for those that our words are written in."""

from __future__ import annotations

import functools
import re
import unicodedata

# Traditional and simplified, pair by pair: the characters of the words of statements, their units and their days.
_PAIRS = """
資资產产負负債债總总計计應应營营業业務务貨货幣币無无開开發发長长攤摊銷销遞递稅税項项預预會会財财報报損损潤润現现額额圓圆萬万億亿單单
種种類类時时間间經经審审歸归屬属於于東东權权淨净盈盈餘余積积儲储備备費费購购買买處处賬账帳帐錄录繳缴薪薪職职據据貸贷籌筹轉转換换還还
減减變变動动當当內内讓让測测試试劃划擬拟標标書书體体號号實实際际與与為为從从併并並并簽签價价值值設设機机構构關关聯联補补級级該该團团
譽誉虧亏綜综銀银結结檔档覽览說说條条達达準准導导進进銜衔評评師师員员認认證证調调後后舊旧異异區区廠厂幾几個个週周歷历紀纪錯错臺台灣湾
鎊镑圖图衛卫製制據据歐欧韓韩輸输運运載载誤误詳详註注陸陆廣广國国際际貿贸電电鐵铁鋼钢銅铜門门陽阳雲云龍龙華华豐丰
狀状態态數数續续終终匯汇響响專专險险賃赁獨独盤盘獲获執执給给擔担擁拥確确養养過过適适連连選选屆届盡尽監监稱称筆笔節节範范統统線线編编繼继
聲声術术規规視视親亲觀观訂订記记許许請请論论議议護护責责貼贴賣卖質质贖赎車车軟软較较輔辅辦办農农釋释閱阅階阶隨随雜杂離离難难頁页順顺須须
顯显風风館馆驗验點点
"""
_PLAIN = "".join(_PAIRS.split())
_SIMPLIFIED = {
    ord(traditional): simplified
    for traditional, simplified in zip(_PLAIN[::2], _PLAIN[1::2], strict=True)
    if traditional != simplified
}


_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_WRITTEN_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=\s*年)")
_WRITTEN_DAY = re.compile(r"(?<=[年月])\s*([一二三]?)(十?)([一二三四五六七八九]?)\s*(?=[月日])")


@functools.lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a text in one width, in simplified characters, days in figures, without blanks at its ends."""
    told = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).strip()
    if _WRITTEN_YEAR.search(told):
        # 二〇二五年十二月三十一日, as audited accounts have it.
        told = _WRITTEN_YEAR.sub(lambda year: year[0].translate(_DIGITS), told)
        told = _WRITTEN_DAY.sub(_in_figures, told)
    return told


def _in_figures(found: re.Match[str]) -> str:
    tens, ten, ones = found[1].translate(_DIGITS), found[2], found[3].translate(_DIGITS)
    if not ten:
        return tens + ones
    return f"{tens or 1}{ones or 0}"


def is_traditional(text: str) -> bool:
    """True where a text is written in traditional characters."""
    return any(ord(character) in _SIMPLIFIED for character in text)


def has_chinese(text: str) -> bool:
    """True where a text has Chinese characters."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)
