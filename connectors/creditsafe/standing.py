"""How a company stands, out of the bureau's status and its free words beside it.

Only words that are known to be harmless make a company active: "active" stands beside a voluntary arrangement, a
petition or a moratorium too, and in words of other countries.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from admission.evidence.facts import CompanyStatus, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.creditsafe.search import SOURCE, STATUSES
from connectors.kit import Fields

# What the free description says goes before the status: a company in liquidation can be Active still.
_STANDINGS = tuple(
    (re.compile(words, re.IGNORECASE), standing)
    for words, standing in (
        (r"dissolved|struck[ -]off|closed|ceased|deregistered|removed from", CompanyStatus.DISSOLVED),
        (r"liquidat|\badministrat(ion|or)\b|insolven|receiver|bankrupt", CompanyStatus.IN_INSOLVENCY),
        (r"strik(e|ing)[ -]off", CompanyStatus.STRIKE_OFF_PROPOSED),
    )
)
# Phrases, each whole, that say no more than that the company is there and trades.
_HARMLESS = frozenset(
    """
    active|active company|company is active|company active|economically active|currently active
    trading|currently trading|in business|in operation|operating|operational|live|live company|existing|in existence
    registered|newly registered|newly incorporated|recently incorporated|incorporated
    accounts filed|full accounts filed|normal|good standing|in good standing|open
    aktiv|wirtschaftsaktiv|eingetragen|actif|active|en activite|economiquement active|inscrite|activo|activa|en activo
    attiva|attivo|ativa|ativo|actief|aktiivinen|aktywna|aktywny|aktivni|aktywne|activ|aktif
    存续|在业|开业|正常|在营|在册
    """.replace("\n", "|")
    .replace("    ", "")
    .split("|")
) - {""}
# The worst counts where the report states a standing twice.
_WORST_FIRST = (CompanyStatus.DISSOLVED, CompanyStatus.IN_INSOLVENCY, CompanyStatus.STRIKE_OFF_PROPOSED)


class Standing(NamedTuple):
    """How a company stands.

    Attributes:
        status: None where it is not known.
        text: the bureau's own words.
    """

    status: CompanyStatus | None
    text: str

    @property
    def untold(self) -> tuple[Untold, ...]:
        """What is left open where the standing is not known: the words may be those of an insolvency too."""
        if self.status is not None:
            return ()
        why = Text(
            en=f"the standing is not known; the bureau says: {self.text or 'nothing'}",
            zh=f"企业状态不明；征信机构原文：{self.text or '无'}",
        )
        return (Untold(source=SOURCE, topics=(Topic.IDENTITY, Topic.INSOLVENCY), why=why),)


def read_standing(basic: Fields, summary: Fields | None) -> Standing:
    """Read the standing, which the report states in two places.

    Args:
        basic: the basic information of its identification.
        summary: its summary; None where there is none.
    """
    stated = _read(basic.pop_fields("companyStatus"))
    again = _read(summary.pop_fields("companyStatus") if summary else None)
    for worst in _WORST_FIRST:
        for one in (stated, again):
            if one.status is worst:
                return one
    # Both must be harmless; the words of the one that is not are told.
    return again._replace(text=again.text or stated.text) if again.status is None and stated.status else stated


def _read(fields: Fields | None) -> Standing:
    if fields is None:
        return Standing(None, "")
    status, text = fields.need_enum("status", STATUSES), fields.pop_text("description") or ""
    for words, standing in _STANDINGS:
        if words.search(text):
            return Standing(standing, text)
    active = status == "Active" and is_harmless(text)
    return Standing(CompanyStatus.ACTIVE if active else None, text or status)


def is_harmless(description: str) -> bool:
    """True where every phrase of a description is known to say no more than that the company is there and trades."""
    phrases = [_plain(phrase) for phrase in re.split(r"[-–—,;:/|()（）、，；]", description)]
    stated = [phrase for phrase in phrases if phrase]
    return bool(stated) and all(phrase in _HARMLESS for phrase in stated)


def _plain(phrase: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", phrase) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split()).strip(" .")
