"""The file that says which column of a ledger is what."""

from __future__ import annotations

from pathlib import Path

import pytest

from admission.customers.ledger.records import ITEM_KINDS, MEANS, ORDER_STAGES
from admission.errors import BadInput
from intake.ledger_mapping import COLUMNS, NAMES, LedgerMapping, Words, read_ledger_mapping, take_columns
from intake.mapped_columns import fold
from tests.conftest import ROOT
from tests.languages import untranslated

MAPPING = """
columns:
  customer: KUNNR
  number: BELNR
kinds: {RV: invoice, 收: payment}
stages: {A: entered}
means: {T: bank_transfer}
constants: {currency: CNY}
dates: dmy
decimal: ","
signed: true
delimiter: ";"
tells: [returned_payment, promise]
"""


def written(folder: Path, text: str, name: str = "mapping.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping(tmp_path: Path) -> None:
    found = read_ledger_mapping(written(tmp_path, MAPPING))
    assert found.columns == {"customer": "KUNNR", "number": "BELNR"}
    assert found.constants.currency == "CNY"
    assert (found.dates, found.decimal, found.signed, found.delimiter) == ("dmy", ",", True, ";")
    assert found.tells == ("returned_payment", "promise")
    words = Words.of(found)
    assert (words.kinds["rv"], words.kinds["收"], words.kinds["发票"]) == ("invoice", "payment", "invoice")
    assert (words.stages["a"], words.means["t"]) == ("entered", "bank_transfer")


def test_the_mapping_that_is_documented_can_be_used(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    found = read_ledger_mapping(written(tmp_path, page.partition("```yaml")[2].partition("```")[0]))
    assert found.kinds == {"RV": "invoice", "DG": "credit_note", "DZ": "payment"}
    assert (found.dates, found.decimal, found.signed, found.tells) == ("dmy", ",", True, ("returned_payment",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n", "input: a table with columns, kinds or other settings"),
        ("column: {}\n", "line 1, column: '{}': no such field; did you mean columns?"),
        ("columns:\n  custmer: A\n", "one of customer, number, line"),
        ("columns:\n  customer: A\n  number: A\n", "each column for one thing only"),
        ("columns: {currency: A}\nconstants: {currency: CNY}\n", "a column or a constant, not both"),
        ("signed: true\nkinds:\n  RV: bill\n", "line 3, kinds.RV: 'bill': one of invoice, credit_note"),
        ("constants: {currency: RMB}\n", "constants.currency: 'RMB': a three-letter ISO 4217 currency code"),
        ("dates: ydm\n", "line 1, dates: 'ydm': one of ymd, dmy, mdy"),
        ("decimal: ';'\n", "decimal: ';': one of ., ,"),
        ("signed: perhaps\n", "signed: 'perhaps': true or false"),
        ("tells: [everything]\n", "tells.0: 'everything': one of returned_payment, dispute, promise, order"),
        ("dates: dmy\ndates: mdy\n", "this key is there twice"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_ledger_mapping(written(tmp_path, text))
    assert told in str(caught.value)
    assert untranslated(caught.value) == []


def test_no_usual_name_stands_for_two_columns() -> None:
    names = [fold(name) for ours in COLUMNS for name in NAMES[ours].split("|")]
    assert sorted(names) == sorted(set(names))
    assert {fold(ours) for ours in COLUMNS} <= set(names)


def test_the_labels_of_every_word_are_read_as_that_word() -> None:
    words = Words.of(LedgerMapping())
    assert {kind: words.kinds[fold(text)] for kind, label in ITEM_KINDS.items() for text in (label.en, label.zh)} == {
        kind: kind for kind in ITEM_KINDS
    }
    for told, labels in ((words.stages, ORDER_STAGES), (words.means, MEANS)):
        for word, label in labels.items():
            assert {told[fold(label.en)], told[fold(label.zh)], told[fold(word)]} == {word}


HEADER = ["Customer No.", "单据号", "Kind", "金额", "本位币金额", "币种", "开票日期", "备注"]


def test_columns_are_found_by_their_usual_names() -> None:
    taken = take_columns(Path("a.csv"), HEADER, LedgerMapping())
    assert taken.places == {"customer": 0, "number": 1, "kind": 2, "amount": 3, "currency": 5, "issued": 6}
    assert taken.unused == ("本位币金额", "备注")
    assert (taken.names["issued"], taken.names["due"]) == ("开票日期", "due")


def test_a_column_that_a_mapping_names_is_not_found_for_anything_else() -> None:
    mapping = LedgerMapping.model_validate({"columns": {"amount": "本位币金额", "line": "金额"}})
    taken = take_columns(Path("a.csv"), HEADER, mapping)
    assert (taken.places["amount"], taken.places["line"]) == (4, 3)


def test_columns_that_are_missing_or_there_twice_are_all_told() -> None:
    mapping = LedgerMapping.model_validate({"columns": {"due": "Fällig"}, "constants": {"kind": "invoice"}})
    with pytest.raises(BadInput) as caught:
        take_columns(Path("a.csv"), ["customer", "doc no", "document-no", "DocumentNo", "Fallig", "amount"], mapping)
    told = [(problem.field, problem.value) for problem in caught.value.problems]
    assert told == [("due", "Fällig"), ("number", "document-no, DocumentNo"), ("currency", ""), ("issued", "")]
    assert "did you mean Fallig?" in str(caught.value)
    assert untranslated(caught.value) == []
