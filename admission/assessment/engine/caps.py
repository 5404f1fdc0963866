"""How far caps on exposure are used: by others, and with what a case would add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.exposure import KINDS, CapKind, ConvertedSum, Exposure, ExposureLedger, convert_sum
from admission.evidence.findings import Verdict
from admission.metrics.industry import covers
from admission.money import Exchange
from admission.policy import Caps

# From the best to the worst.
BADNESS = (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)
NOTHING = ConvertedSum(Decimal(0), ())


class Sums(NamedTuple):
    """Limits granted to others within one cap, by currency, and those that are perhaps within it."""

    amounts: Mapping[str, Decimal]
    perhaps: Mapping[str, Decimal]


Counted = Mapping[tuple[CapKind, str], Sums]


class Asker(NamedTuple):
    """Who asks, as far as caps are about it.

    Attributes:
        grade: that the assessment gives it.
        industry: its code; None where it is not known.
        amount: what would be added to the exposure, in `currency`.
    """

    grade: str
    segment: str
    country: str
    industry: str | None
    amount: Decimal
    currency: str


class CapUse(NamedTuple):
    """How far one cap is used.

    Attributes:
        others: granted to others, in the house currency; None where it was not counted.
        perhaps: granted to customers who may be within the cap.
        added: what this case would add.
        certain: whether this case is certainly within the cap.
    """

    kind: CapKind
    name: str
    cap: Decimal
    others: ConvertedSum | None = None
    perhaps: ConvertedSum = NOTHING
    added: ConvertedSum = NOTHING
    certain: bool = True

    @property
    def verdict(self) -> Verdict:
        """Tell whether the cap holds, is passed, or neither can be said."""
        if self.others is None:
            return Verdict.UNKNOWN
        least = self.others.amount + self.added.amount
        if self.certain and least > self.cap:
            return Verdict.FAIL
        if not self.lacking and least + self.perhaps.amount <= self.cap:
            return Verdict.PASS
        return Verdict.UNKNOWN

    @property
    def lacking(self) -> tuple[str, ...]:
        """Currencies that the sums lack for want of a rate."""
        parts = (self.others or NOTHING, self.perhaps, self.added)
        return tuple(dict.fromkeys(currency for part in parts for currency in part.lacking))


def capped_names(caps: Caps) -> dict[CapKind, tuple[str, ...]]:
    """Return the names that a case is judged against, by kind; the cap of a group bounds its limits instead."""
    names: dict[CapKind, tuple[str, ...]] = {
        "total": ("",) if caps.total is not None else (),
        "grade": tuple(caps.grade),
        "segment": tuple(caps.segment),
        "country": tuple(caps.country),
        "industry": tuple(caps.industry),
    }
    return {kind: capped for kind, capped in names.items() if capped}


def cap_id(kind: CapKind) -> str:
    """Return the id under which the result of a kind of cap stands among those of the criteria."""
    return f"cap_{kind}"


def counted_in(exposure: Exposure | None) -> Counted:
    """Return an exposure's sums by kind and name of their caps."""
    held = exposure.held if exposure is not None else ()
    return {(item.kind, item.name): Sums(item.amounts, item.perhaps) for item in held}


def judge_caps(caps: Caps, counted: Counted, asker: Asker, exchange: Exchange) -> list[CapUse]:
    """Judge a case against the policy's caps; of each kind the cap that stands worst.

    What cannot be converted, or may be of a capped industry, is unknown where it decides; unknown asks for the
    committee just as a cap that is passed does, for nobody can say that it is not.

    Args:
        caps: the policy's.
        counted: what is granted to all other customers; without what was not counted.
        asker: who asks, and for what.
        exchange: the rates of the day.
    """
    added = convert_sum({asker.currency: asker.amount}, exchange)
    found = []
    for kind in capped_names(caps):
        uses = list(_uses(kind, caps, counted, asker, added, exchange))
        if uses:
            found.append(max(uses, key=lambda use: BADNESS.index(use.verdict)))
    return found


def _uses(
    kind: CapKind, caps: Caps, counted: Counted, asker: Asker, added: ConvertedSum, exchange: Exchange
) -> Iterator[CapUse]:
    for name, cap in _bounds(kind, caps).items():
        inside = _inside(kind, name, asker)
        if inside is False:
            continue
        sums = counted.get((kind, name))
        if sums is None:
            yield CapUse(kind, name, cap)
        else:
            others, perhaps = convert_sum(sums.amounts, exchange), convert_sum(sums.perhaps, exchange)
            yield CapUse(kind, name, cap, others, perhaps, added, certain=inside is True)


def measure_caps(caps: Caps, ledger: ExposureLedger, exchange: Exchange) -> list[CapUse]:
    """Tell how far each cap is used by the customers there are; of all groups the one that stands worst.

    Args:
        caps: the policy's.
        ledger: of all customers.
        exchange: the rates of the day.
    """
    found = [
        _measure(kind, name, cap, ledger, exchange)
        for kind in capped_names(caps)
        for name, cap in _bounds(kind, caps).items()
    ]
    if caps.group is not None:
        groups = [_measure("group", name, caps.group, ledger, exchange) for name in ledger.groups()]
        found.append(max(groups, key=_rank, default=CapUse("group", "", caps.group, NOTHING)))
    return sorted(found, key=lambda use: KINDS.index(use.kind))


def _measure(kind: CapKind, name: str, cap: Decimal, ledger: ExposureLedger, exchange: Exchange) -> CapUse:
    held = ledger.sum_within(kind, name)
    return CapUse(kind, name, cap, convert_sum(held.amounts, exchange), convert_sum(held.perhaps, exchange))


def _rank(use: CapUse) -> tuple[int, Decimal]:
    return BADNESS.index(use.verdict), (use.others or NOTHING).amount


def _bounds(kind: CapKind, caps: Caps) -> Mapping[str, Decimal]:
    if kind == "total":
        return {} if caps.total is None else {"": caps.total}
    bounds: Mapping[str, Decimal] = getattr(caps, kind)
    return bounds


def _inside(kind: CapKind, name: str, asker: Asker) -> bool | None:
    """True where the case is one that the cap is about; None where its industry is not known."""
    if kind == "industry":
        return None if asker.industry is None else covers(name, asker.industry)
    own = {"grade": asker.grade, "segment": asker.segment, "country": asker.country}
    return own.get(kind, "") == name


def added_amount(
    asked: tuple[Decimal, str], own: tuple[Decimal, str] | None, recommended: Decimal, *, review: bool
) -> Decimal:
    """Return what a case would add to the exposure, in the currency that was asked for.

    What is asked for; in a review of a customer the limit that stands or the one recommended, whichever is more: a
    review asks for nothing new. A limit that stands in another currency leaves it at what is asked for.
    """
    if not review or own is None or own[1] != asked[1]:
        return asked[0]
    return max(own[0], recommended)
