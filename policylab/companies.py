"""Which rows of a table are of the same company, so that none of them judges the other.

A column of reference tells it; so do rows that repeat the figures of another, where that is no coincidence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from admission.errors import BadInput, Problem
from admission.model import Text
from admission.problems import no_such
from policylab.table_map import COLUMN
from policylab.tables import MISSING, DataTable

# Rows that share figures are taken for one company where so few such rows are expected by coincidence: the product of
# how common each shared figure is, times the number of rows.
COINCIDENCE = 0.01
# Only rows that share a figure which so few have are looked at: more have a common one, such as 0.
RARE = 5
# Figures that agree to so many digits are the same: tables come rounded in different ways.
DIGITS = 6
# A column that may name companies holds at least so many names, and one for so many rows; others name groups of them.
LEAST_NAMES = 20
MOST_ROWS_EACH = 50

# Columns that name companies for sure, however few there are of them.
_NAMES_FOR_SURE = re.compile(
    r"^(?:company|customer|client|firm|debtor|debitor|borrower|kunden?|obligor)s?"
    r"[ _.-]?(?:name|id|no|nr|number|nummer|ref|reference|key|code)?$|"
    r"^(?:企业|公司|客户|单位|债务人|统一社会信用|社会信用)(?:名称|全称|编号|编码|代码|号)?$",
    re.IGNORECASE,
)
_NAMES_COMPANIES = re.compile(
    r"company|customer|client|firm|debtor|debitor|borrower|account|kunde|reference|registration|"
    r"^(?:ref|id|name|no|number|lei|duns|vat|tax)$|(?:^|[_ .-])(?:ref|id|lei|duns)$|ID$|"
    r"企业|公司|客户|单位|名称|信用代码|注册号|税号",
)
# What is no word, such as 1047 or 2019-03-01, could be anything of a company: it names it where the column says number.
_NAMES_NUMBERS = re.compile(
    r"^(?:company|customer|client|firm|debtor|debitor|borrower|kunde|reference|企业|公司|客户)$|"
    r"(?:id|no|nr|number|ref|reference|lei|duns|vat|tax)$|ID$|(?:编号|代码|标识|号)$"
)
_NAMES_GROUPS = re.compile(
    r"industr|sector|countr|region|cit(?:y|ies)|branch|segment|product|grade|status|bank|type|row|line|invoice|行业|地区|"
    r"国家|城市|分行|产品|等级|状态|类型|省|行号|序号|性质|规模",
    re.IGNORECASE,
)

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Companies:
    """Which company each row is of.

    Attributes:
        of_row: number of the company of each row, from 0 in the order of the table.
        column: the column that names the companies; None where none does.
        cautions: what the person should know of how that was found.
    """

    of_row: Numbers
    column: str | None = None
    cautions: tuple[Text, ...] = ()


def find_companies(
    table: DataTable, figures: pd.DataFrame, used: Iterable[str] = (), reference: str | None = None
) -> Companies:
    """Find the rows that are of the same company.

    Args:
        table: the table.
        figures: the figures in use, NaN where not known; as long as the table.
        used: the columns of outcome and figures, which name nobody.
        reference: the column that names the company; None where the table is to tell.

    Raises:
        BadInput: there is no such column.
    """
    if reference is not None and reference not in table.columns:
        hint = no_such(COLUMN, reference, table.columns)
        message = Text(en=f"{table.source} has no such column of reference.", zh=f"{table.source} 没有此企业标识列。")
        raise BadInput(message, problems=[Problem("reference", reference, hint)])
    cautions, rows, nobody = [], len(figures), np.zeros((0, 2), np.int64)
    column = reference if reference is not None else _likely_reference(table, set(used))
    named = nobody if column is None else _same_name(table, column)
    if reference is None and column is not None:
        cautions.append(_said_by_name(column, rows, len(np.unique(_joined(rows, named)))))
    repeated = _repeats(figures) if figures.shape[1] else nobody
    copies = rows - len(np.unique(_joined(rows, repeated)))
    if copies:
        cautions.append(_said_by_figures(copies))
    return Companies(_joined(rows, named, repeated), column, tuple(cautions))


def _likely_reference(table: DataTable, used: set[str]) -> str | None:
    """Return the column that by its name and what it holds names the companies of several rows each."""
    for name in table.columns:
        if name not in used and _NAMES_FOR_SURE.search(name.strip()):
            told = table.frame[name].astype(str).str.strip()
            told = told[~told.isin(MISSING)]
            if 1 < told.nunique() < len(told):
                return name
    for name in table.columns:
        if name in used or not _NAMES_COMPANIES.search(_lowered(name)) or _NAMES_GROUPS.search(name):
            continue
        cells = table.frame[name].astype(str).str.strip()
        told = cells[~cells.isin(MISSING)]
        in_words = told.str.contains(r"[^\W\d_]").mean() > 1 / 2
        if not in_words and not _NAMES_NUMBERS.search(_lowered(name)):
            continue
        names = told.nunique()
        if LEAST_NAMES <= names < len(told) and names * MOST_ROWS_EACH >= len(told):
            return name
    return None


def _lowered(name: str) -> str:
    """Return a column's name in small letters, but for an ID at its end, as in customerID."""
    return name.strip() if name.strip().endswith("ID") else name.strip().lower()


def _same_name(table: DataTable, column: str) -> Numbers:
    """Return pairs of rows, the first that bears a name and each other one; rows without a name are nobody's."""
    cells = table.frame[column]
    names = cells.map(lambda cell: " ".join(unicodedata.normalize("NFKC", str(cell)).casefold().split()))
    told = np.flatnonzero((~names.isin((*MISSING, "nan"))).to_numpy())
    codes = pd.factorize(names.iloc[told])[0]
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    pairs = np.column_stack((told[first[inverse]], told))
    return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]], np.int64)


def _repeats(figures: pd.DataFrame) -> Numbers:
    """Return pairs of rows, earlier and later, that share figures, all or at least half of them, not by coincidence.

    Rows may be copied many times; and the accounts of one company may stand there twice with a line or two restated.
    """
    rounded = figures.apply(_to_digits)
    codes = np.column_stack([pd.factorize(rounded[name])[0] for name in rounded.columns]).astype(np.int64)
    _, first, inverse = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    distinct = np.sort(first)
    # How common a figure is among rows that differ: copies make it no more common.
    common = np.column_stack([_shares(codes[distinct, column], codes[:, column]) for column in range(codes.shape[1])])
    # A 0 is no figure of one company: dormant ones have many, and share nothing by it.
    common[(rounded == 0).to_numpy()] = 1.0
    copies = np.column_stack((first[inverse.ravel()], np.arange(len(codes))))
    alike = distinct[_sharing_rare_figures(codes[distinct], common[distinct] * len(distinct))]
    pairs = np.concatenate((copies[copies[:, 0] != copies[:, 1]], alike))
    return pairs[_unlikely(codes, common, pairs)]


def _to_digits(figures: pd.Series[float]) -> pd.Series[float]:
    """Return figures rounded to so many digits that count."""
    places = DIGITS - 1 - np.floor(np.log10(figures.abs().where(figures != 0, 1.0)))
    # Nothing is scaled beyond what a figure can hold.
    factor = 10.0 ** places.clip(-300, 300)
    return (figures * factor).round() / factor


def _shares(distinct: Numbers, codes: Numbers) -> npt.NDArray[np.float64]:
    """Return for each code the share that bears it among rows that differ; 1 where nothing is known."""
    counts = np.bincount(distinct[distinct >= 0], minlength=int(codes.max()) + 1)
    return (
        np.where(codes >= 0, counts[np.maximum(codes, 0)] / len(distinct), 1.0) if counts.size else np.ones(len(codes))
    )


def _unlikely(codes: Numbers, common: npt.NDArray[np.float64], pairs: Numbers) -> npt.NDArray[np.bool_]:
    """Tell of each pair of rows whether what they share is at least half of what is known, and no coincidence."""
    earlier, later = codes[pairs[:, 0]], codes[pairs[:, 1]]
    shared, known = (earlier == later) & (earlier >= 0), (earlier >= 0) | (later >= 0)
    counts = shared.sum(axis=1)
    by_chance = np.where(shared, np.log(common[pairs[:, 0]]), 0.0).sum(axis=1)
    # Where not all are shared it could have been any choice of columns, which makes coincidence likelier.
    choices = np.where(counts == known.sum(axis=1), 0.0, codes.shape[1] * np.log(2))
    unlikely = np.log(len(codes)) + choices + by_chance < np.log(COINCIDENCE)
    return np.asarray(unlikely & (2 * counts >= known.sum(axis=1)), np.bool_)


def _sharing_rare_figures(codes: Numbers, common: npt.NDArray[np.float64]) -> Numbers:
    """Return the pairs of rows that share a figure which few rows have.

    Args:
        codes: of the figures of rows that all differ; below 0 where nothing is known.
        common: how many rows have each.
    """
    found = [np.zeros((0, 2), np.int64)]
    for column in range(codes.shape[1]):
        rare = np.flatnonzero((codes[:, column] >= 0) & (common[:, column] > 1) & (common[:, column] <= RARE))
        order = rare[np.argsort(codes[rare, column], kind="stable")]
        for step in range(1, RARE):
            earlier, later = order[:-step], order[step:]
            same = codes[earlier, column] == codes[later, column]
            found.append(np.column_stack((earlier[same], later[same])))
    return np.unique(np.concatenate(found), axis=0)


def _joined(rows: int, *links: Numbers) -> Numbers:
    """Return the number of the company of each row; a link is a pair of rows that are of the same one."""
    ends = np.concatenate(links)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(rows, rows))
    _, labels = connected_components(graph, directed=False)
    codes, _ = pd.factorize(labels)
    return np.asarray(codes, np.int64)


def _said_by_name(column: str, rows: int, companies: int) -> Text:
    return Text(
        en=f"rows with the same {column} are taken for one company ({companies:,} in {rows:,} rows): kept together in "
        "folds, and counted once; --reference COLUMN names another column",
        zh=f"{column} 相同的行视为同一企业（{rows:,} 行，{companies:,} 家）：分折时放在一起，只计一次；"
        "可用 --reference 指定其他列",
    )


def _said_by_figures(copies: int) -> Text:
    return Text(
        en=f"{copies:,} row(s) repeat figures of an earlier one: taken for the same company, kept together in "
        "folds, and counted once; remove them where they are copies",
        zh=f"有 {copies:,} 行与之前某行的数字重复：视为同一企业，分折时放在一起，只计一次；若为重复录入请删除",
    )
