"""Which customers an act on many is for.

Of one kind, such as countries, any value fits; of several kinds all must. What is not known of a customer never
selects it, and never hides it: such customers are counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import AfterValidator, Field

from admission.application import Country, Line
from admission.assessment.exposure import group_key
from admission.cases import Customer
from admission.customers.standing.in_force import Contract
from admission.errors import Invalid
from admission.model import Record, Text, left_out

SelectionKind = Literal["countries", "industries", "groups", "grades", "segments", "insurers"]
KINDS: tuple[SelectionKind, ...] = get_args(SelectionKind)
KIND_WORDS: dict[SelectionKind, Text] = {
    "countries": Text(en="country", zh="国家/地区"),
    "industries": Text(en="industry", zh="行业"),
    "groups": Text(en="group", zh="集团"),
    "grades": Text(en="grade", zh="等级"),
    "segments": Text(en="segment", zh="客户类别"),
    "insurers": Text(en="credit insurer", zh="信用保险人"),
}
# The insurer covers the customer by its word, or did: who it takes the cover from is whom an act is for.
_COVERED = frozenset({"granted", "partly", "conditional", "reduced", "withdrawn"})
_DECIDED = _COVERED | {"refused"}


def _coded(value: str) -> str:
    scheme, _, code = value.partition(":")
    if not (scheme.strip() and code.strip()):
        raise Invalid(
            Text(
                en="the beginning of a code with its scheme, such as uk-sic:47", zh="带分类体系的代码前缀，如 uk-sic:47"
            )
        )
    return value


Name = Annotated[Line, Field(min_length=1, max_length=300)]


class Selection(Record):
    """By what customers are selected; empty kinds select nobody and bar nobody.

    Attributes:
        industries: beginnings of codes with their scheme, such as `uk-sic:47`.
        groups: names of groups, as applications give them, whatever their capitals.
        insurers: who covers the customer, or has covered it, by a word on it or up to the discretionary limit.
    """

    countries: tuple[Country, ...] = left_out(())
    industries: tuple[Annotated[Name, AfterValidator(_coded)], ...] = left_out(())
    groups: tuple[Name, ...] = left_out(())
    grades: tuple[Name, ...] = left_out(())
    segments: tuple[Name, ...] = left_out(())
    insurers: tuple[Name, ...] = left_out(())

    def values(self) -> Iterator[tuple[SelectionKind, tuple[str, ...]]]:
        """Yield the kinds that are given, with their values."""
        for kind in KINDS:
            if given := getattr(self, kind):
                yield kind, given

    @property
    def empty(self) -> bool:
        """Return whether nothing is given."""
        return not any(self.values())

    @property
    def words(self) -> Text:
        """Return by what it selects, in words."""
        parts = [(KIND_WORDS[kind], given) for kind, given in self.values()]
        return Text(
            en="; ".join(f"{name.en} {' or '.join(given)}" for name, given in parts),
            zh="；".join(f"{name.zh} {'、'.join(given)}" for name, given in parts),
        )


class Traits(NamedTuple):
    """By what one customer is selected, by kind; None where it is not known."""

    countries: frozenset[str]
    industries: frozenset[str] | None
    groups: frozenset[str] | None
    grades: frozenset[str]
    segments: frozenset[str]
    insurers: frozenset[str]


def traits_of(customer: Customer, contracts: Iterable[Contract] = ()) -> Traits:
    """Return by what a customer is selected.

    Args:
        customer: as it is recorded.
        contracts: of the house with insurers, with what each said about this customer.
    """
    application = customer.application
    nobody: frozenset[str] | None = frozenset() if application.independent else None
    return Traits(
        countries=_plain([customer.country]),
        industries=_plain([customer.industry_code]) if customer.industry_code else None,
        groups=nobody if application.group is None else _plain([application.group]),
        grades=_plain([customer.grade]),
        segments=_plain([application.segment]),
        insurers=_plain(one.policy.insurer for one in contracts if _covers(one, customer)),
    )


def _covers(contract: Contract, customer: Customer) -> bool:
    """True where the insurer covers a customer under a contract or has covered it, whether or not that lasts."""
    said = [word.state for word in contract.words if word.state in _DECIDED]
    if said:
        return any(state in _COVERED for state in said)
    return contract.policy.discretionary_limit > 0 and customer.terms_days <= contract.policy.longest_terms_days


def _plain(values: Iterable[str]) -> frozenset[str]:
    return frozenset(group_key(value.strip()) for value in values)


class Selected(NamedTuple):
    """Who is selected of many.

    Attributes:
        keys: of those who are, in the order in which they came.
        unknown: by kind, how many would be if that were known of them.
        without: the values that no customer has, by kind: often misspelt.
    """

    keys: tuple[str, ...]
    unknown: dict[SelectionKind, int]
    without: tuple[tuple[SelectionKind, str], ...]


def select(selection: Selection, customers: Iterable[tuple[str, Traits]]) -> Selected:
    """Select customers.

    Args:
        selection: by what.
        customers: company keys with what is known of each.
    """
    wanted = [(kind, [(value, group_key(value.strip())) for value in given]) for kind, given in selection.values()]
    unseen = {(kind, value) for kind, given in wanted for value, _ in given}
    keys, unknown = [], Counter[SelectionKind]()
    for key, traits in customers:
        lacking, fits = list[SelectionKind](), True
        for kind, given in wanted:
            has: frozenset[str] | None = getattr(traits, kind)
            found = [value for value, plain in given if has is not None and _has(kind, has, plain)]
            unseen.difference_update((kind, value) for value in found)
            if has is None:
                lacking.append(kind)
            elif not found:
                fits = False
        if fits and not lacking:
            keys.append(key)
        elif fits:
            unknown.update(lacking)
    without = tuple((kind, value) for kind, given in selection.values() for value in given if (kind, value) in unseen)
    return Selected(tuple(keys), dict(unknown), without)


def _has(kind: SelectionKind, has: frozenset[str], value: str) -> bool:
    if kind == "industries":
        return any(code.startswith(value) for code in has)
    return value in has
