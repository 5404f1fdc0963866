"""Who is selected: all kinds must fit, any value of a kind does, and what is not known neither selects nor hides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admission.customers.bulk.selecting import KINDS, Selected, Selection, Traits, select, traits_of
from admission.customers.standing.in_force import Contract
from admission.customers.standing.insurance import Cover
from tests.admission.build import application
from tests.admission.customers.standing.build import contract, cover, customer


def traits(**changes: Any) -> Traits:
    values: dict[str, frozenset[str] | None] = {
        "countries": frozenset({"ru"}),
        "industries": frozenset({"uk-sic:47110"}),
        "groups": frozenset({"amber"}),
        "grades": frozenset({"d"}),
        "segments": frozenset({"dealer"}),
        "insurers": frozenset({"north cover"}),
    }
    return Traits(**{**values, **changes})


FITS = {
    "by country": (Selection(countries=("RU",)), True),
    "by one of two countries": (Selection(countries=("BY", "RU")), True),
    "by another country": (Selection(countries=("BY",)), False),
    "by the beginning of the industry": (Selection(industries=("uk-sic:47",)), True),
    "by the scheme in capitals": (Selection(industries=("UK-SIC:471",)), True),
    "by the beginning in another scheme": (Selection(industries=("nace:47",)), False),
    "by a longer code": (Selection(industries=("uk-sic:471101",)), False),
    "by group, whatever its capitals": (Selection(groups=(" AMBER ",)), True),
    "by the beginning of the group": (Selection(groups=("Amb",)), False),
    "by grade": (Selection(grades=("D",)), True),
    "by segment": (Selection(segments=("dealer",)), True),
    "by insurer": (Selection(insurers=("North Cover",)), True),
    "all kinds fit": (Selection(countries=("RU",), grades=("D",)), True),
    "one of two kinds fits": (Selection(countries=("RU",), grades=("A",)), False),
}


@pytest.mark.parametrize(("selection", "fits"), FITS.values(), ids=FITS)
def test_a_customer_fits_or_not(selection: Selection, fits: bool) -> None:
    assert select(selection, [("k", traits())]).keys == (("k",) if fits else ())


def test_a_value_that_nobody_has_is_told() -> None:
    selection = Selection(countries=("RU", "BY"), grades=("D", "E"))
    found = select(selection, [("a", traits()), ("b", traits(countries=frozenset({"de"})))])
    assert found == Selected(("a",), {}, (("countries", "BY"), ("grades", "E")))


def test_who_would_fit_if_it_were_known_is_counted() -> None:
    selection = Selection(countries=("RU",), industries=("uk-sic:47",), groups=("amber",))
    unknown = [
        ("a", traits()),
        ("b", traits(industries=None)),
        ("c", traits(industries=None, groups=None)),
        # Of another country it does not matter.
        ("d", traits(industries=None, countries=frozenset({"de"}))),
        ("e", traits(groups=frozenset())),
    ]
    assert select(selection, unknown) == Selected(("a",), {"industries": 2, "groups": 1}, ())


def test_what_is_known_of_a_customer() -> None:
    found = traits_of(customer(industry_code="uk-sic:1", application=application(group="Amber", independent=False)))
    assert (found.industries, found.groups) == (frozenset({"uk-sic:1"}), frozenset({"amber"}))
    bare = traits_of(customer(application=application(group=None, independent=False)))
    assert (bare.industries, bare.groups, bare.insurers) == (None, None, frozenset())
    assert traits_of(customer(application=application(group=None, independent=True))).groups == frozenset()


COVERS = {
    "granted": ((cover(),), True),
    "in part": ((cover("partly"),), True),
    "under a condition": ((cover("conditional"),), True),
    "withdrawn since": ((cover(), cover("withdrawn", None)), True),
    "refused": ((cover("refused", None),), False),
    "asked for, within no discretionary limit": ((cover("requested", None),), False),
    "nothing said": ((), False),
}


@pytest.mark.parametrize(("words", "covers"), COVERS.values(), ids=COVERS)
def test_whom_an_insurer_covers_or_has_covered(words: tuple[Cover, ...], covers: bool) -> None:
    found = traits_of(customer(), [Contract(contract(), words)]).insurers
    assert found == (frozenset({"example credit insurers"}) if covers else frozenset())


@pytest.mark.parametrize(("terms", "covers"), [(30, True), (61, False)])
def test_the_discretionary_limit_covers_who_has_no_word_of_the_insurer(terms: int, covers: bool) -> None:
    at_will = contract(discretionary_limit=10)
    for words, expected in (((), covers), ((cover("refused", None),), False)):
        assert bool(traits_of(customer(terms_days=terms), [Contract(at_will, words)]).insurers) is expected


@pytest.mark.parametrize(
    "given", [{"countries": ["RX"]}, {"industries": ["47"]}, {"industries": ["uk-sic:"]}, {"groups": [""]}]
)
def test_what_selects_nobody_at_all_is_refused(given: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError):
        Selection.model_validate(given)


def test_a_selection_in_words() -> None:
    said = Selection(countries=("RU", "BY"), grades=("D",)).words
    assert said.en == "country RU or BY; grade D"
    assert said.zh == "国家/地区 RU、BY；等级 D"
    assert (Selection().empty, Selection(grades=("D",)).empty) == (True, False)


names = st.sampled_from(["a", "b", "c"])
some = st.frozensets(names, max_size=2)
anybody = st.builds(Traits, some, st.none() | some, st.none() | some, some, some, some)
lists = st.lists(names, max_size=2, unique=True).map(tuple)
selections = st.builds(Selection, groups=lists, grades=lists, segments=lists, insurers=lists)


@given(selections, st.lists(anybody, max_size=6))
def test_another_kind_never_selects_more_and_another_value_never_less(
    selection: Selection, people: list[Traits]
) -> None:
    customers = [(str(place), one) for place, one in enumerate(people)]
    found = set(select(selection, customers).keys)
    for kind in KINDS:
        values = getattr(selection, kind)
        without = selection.model_copy(update={kind: ()})
        assert found <= set(select(without, customers).keys)
        if values and kind not in ("countries", "industries"):
            wider = selection.model_copy(update={kind: (*values, "z", "c")})
            assert found <= set(select(wider, customers).keys)
