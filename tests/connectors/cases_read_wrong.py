"""The inputs in `../shared/data/cases` that were read wrong once, each with what is right.

`make cases` prints the table; `test_cases_read_wrong` tries each. The day of asking is 2026-11-27.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from admission.evidence.answers import Answer, Query
from admission.metrics.catalogue import Metric
from intake.applications import read_applications
from services.saved_answers import Told, read_saved_answer
from services.saved_questions import SavedAnswer, question_for
from tests.connectors.metamorphic.readings import Reading, application_for, connector_of, read
from tests.connectors.metamorphic.samples import COVERS, Sample

AS_OF = date(2026, 11, 27)
NEWEST = "2025-12-31"


class Read(NamedTuple):
    """What was made of one input.

    Attributes:
        told: what `gatehouse sources parse` tells of it.
        metrics: what follows from it alone.
        seconds: CPU that it took is held by `readings.read`; an answer that takes too long is told as undeclared.
    """

    told: Told
    metrics: Mapping[str, Metric]
    undeclared: str = ""

    @property
    def words(self) -> str:
        """All that is said in English."""
        said = (*((self.told.message,) if self.told.message else ()), *self.told.remarks)
        return " | ".join(text.en for text in said)

    def figure(self, name: str, day: str = NEWEST) -> Decimal | None:
        """Return a figure of the accounts of a day."""
        values = [
            fact["value"] for fact in self.told.facts if fact.get("metric") == name and fact.get("period_end") == day
        ]
        return Decimal(values[0]) if values else None

    def named(self, name: str) -> list[object]:
        """Return the values of all facts of a name."""
        return [fact["value"] for fact in self.told.facts if fact.get("name") == name]

    def of(self, key: str) -> set[object]:
        """Return what all figures say of themselves, such as their currency."""
        return {fact.get(key) for fact in self.told.facts if "metric" in fact}

    def known(self, name: str) -> object:
        """Return the value of a metric; None where it is unknown."""
        return self.metrics[name].value


class Case(NamedTuple):
    """One input.

    Attributes:
        right: what is right, in words.
        holds: whether what was read is that.
    """

    file: str
    source: str
    right: str
    holds: Callable[[Read], bool]
    kind: str | None = None
    given: Mapping[str, str] = {}

    def read(self, folder: Path) -> Read:
        """Read the input as a user would, and as the house does."""
        path = folder / self.file
        saved = SavedAnswer(path.name, path.read_bytes(), AS_OF)
        if self.source == "onboard":
            return _read_book(path)
        told = read_saved_answer(connector_of(self.source), self.kind, self.given, saved)
        query, _ = question_for(self.source, self.kind, self.given, saved)
        reading = reading_of(saved, query)
        return Read(told, reading.metrics, reading.undeclared)


def reading_of(saved: SavedAnswer, query: Query) -> Reading:
    """Return what the house reads of a saved answer to a question."""
    covered = query.model_copy(update={"topics": COVERS.get((query.source, query.kind), ())})
    sample = Sample(saved.name, covered, saved.raw)
    return read(sample, saved.body, application_for(sample))


def _read_book(path: Path) -> Read:
    bad = read_applications(path).bad
    if bad:
        return Read(Told(answer=Answer.CHANGED, remarks=tuple(row.reason for row in bad)), {})
    return Read(Told(answer=Answer.FOUND), {})


def _facts(file: str, right: str, holds: Callable[[Read], bool]) -> Case:
    return Case(f"sec_facts_{file}.json", "sec_edgar", right, holds, "companyfacts")


def _filings(file: str, right: str, holds: Callable[[Read], bool]) -> Case:
    return Case(f"sec_submissions_{file}.json", "sec_edgar", right, holds, "submissions")


def _notice(file: str, right: str, holds: Callable[[Read], bool]) -> Case:
    given = {"name": "Larkfield Instruments Limited", "company_number": "99999901"}
    return Case(f"gazette_{file}.html", "uk_gazette", right, holds, "notice", given)


def _upload(file: str, right: str, holds: Callable[[Read], bool], **given: str) -> Case:
    return Case(file, "financials_upload", right, holds, given=given)


def _asked(read: Read, *words: str) -> bool:
    """It was refused, and what is wanted is said."""
    return read.told.answer is Answer.CHANGED and not read.told.facts and _says(read, *words)


def _says(read: Read, *words: str) -> bool:
    return any(word in read.words.casefold() for word in words)


def _left_out(read: Read) -> bool:
    return not read.told.facts and _says(read, "part of a year", "not of a whole year", "whole year", "months")


def _nobody_knows(read: Read) -> bool:
    standing = ("registered_active", "open_insolvency", "insolvency_history", "distress_filings_24m")
    return not [name for name in standing if read.known(name) is not None]


CASES: tuple[Case, ...] = (
    _facts(
        "rounded_duplicate",
        "total assets 171,797m; net income stated twice, unknown",
        lambda read: read.figure("total_assets") == 171_797_000_000 and read.figure("net_income") is None,
    ),
    _facts(
        "dup_smaller_exact",
        "unknown with a finding, never the more favourable",
        lambda read: (
            read.figure("total_liabilities") is None
            and read.figure("total_assets") in (None, 10_777_000_000)
            and _says(read, "liabilities")
        ),
    ),
    _facts(
        "convenience_every_year",
        "CNY, 1,000m a year",
        lambda read: read.of("currency") == {"CNY"} and read.figure("total_assets") == 1_000_000_000,
    ),
    _facts("part_iii_amendment", "net income -12,345,678", lambda read: read.figure("net_income") == -12_345_678),
    _facts(
        "fresh_start",
        "balance sheet of 2025 (900m, 400m, 500m), flows not of a year",
        lambda read: (
            [read.figure(name) for name in ("total_assets", "total_liabilities", "equity")]
            == [900_000_000, 400_000_000, 500_000_000]
            and read.known("total_assets") == 900_000_000
            and read.known("revenue") is None
        ),
    ),
    _facts(
        "transition_10kt",
        "balance sheet of 2025-12-31 from the 10-KT",
        lambda read: read.known("total_assets") == 300 and read.known("revenue") is None,
    ),
    _facts(
        "first_year_short",
        "accounts of 323 days are read and marked",
        lambda read: read.known("total_assets") == 276_000_000 and read.known("net_income") is None,
    ),
    _facts(
        "narrower_revenue_filed_later",
        "revenue 1,700, growth 0.8 %",
        lambda read: (
            read.figure("revenue") == 1700
            and read.figure("revenue", "2024-12-31") == 1686
            and round(Decimal(str(read.known("revenue_growth"))), 3) == Decimal("0.008")
        ),
    ),
    _facts("lessor_part_revenue", "unknown, or 9,120; never 120", lambda read: read.figure("revenue") in (None, 9120)),
    _facts(
        "newest_year_no_assets",
        "newest year 2025, assets 300 from the other side",
        lambda read: read.figure("total_assets") == 300 and read.known("total_assets") == 300,
    ),
    _facts(
        "intangibles_incl_goodwill",
        "tangible net worth 100m",
        lambda read: read.known("tangible_net_worth") == 100_000_000,
    ),
    _filings("fpi_6k_only", "standing, insolvency, distress unknown", _nobody_knows),
    _filings("stopped_filing_2016", "the same, unknown", _nobody_knows),
    _filings(
        "15F_12B",
        "deregistered",
        lambda read: bool(read.named("deregistration")) and read.known("registered_active") is not True,
    ),
    _filings(
        "8k12b_103",
        "a petition",
        lambda read: bool(read.named("bankruptcy_petition")) and read.known("open_insolvency") is not False,
    ),
    _filings(
        "petition_amended",
        "still a petition, no plan",
        lambda read: bool(read.named("bankruptcy_petition")) and not read.named("bankruptcy_plan"),
    ),
    _filings(
        "ein_odd",
        "the EIN is not known; identity, filings and insolvency are",
        lambda read: (
            not read.named("ein")
            and read.known("registry_verified") is True
            and read.known("open_insolvency") is False
            and read.known("distress_filings_24m") == 0
        ),
    ),
    _filings(
        "listed_former_name",
        "the former name is told, and screened",
        lambda read: read.named("former_names") == ["ROSOBORONEXPORT JSC"],
    ),
    Case(
        "sec_busy_filer/CIK0009995001.json",
        "sec_edgar",
        "unknown before the oldest list read, and it says so",
        lambda read: _says(read, "2026-10", "older"),
        "submissions",
    ),
    _notice(
        "number_misprinted",
        "unclear, for a person",
        lambda read: read.named("winding_up_petition") == ["unclear"],
    ),
    _notice("page_cut_in_the_number", "could not ask", lambda read: not read.told.answer.answered),
    _notice("day_that_is_none", "changed", lambda read: read.told.answer is Answer.CHANGED),
    Case(
        "creditsafe_null_day_of_year_end.json",
        "creditsafe",
        "no crash; that day is not known",
        lambda read: read.told.answer is Answer.FOUND and read.known("total_assets") is None,
        "report",
    ),
    Case(
        "creditsafe_active_in_voluntary_arrangement.json",
        "creditsafe",
        "standing unknown, with the bureau's words",
        lambda read: (
            read.known("registered_active") is None
            and read.named("status_text") == ["Company Voluntary Arrangement"]
            and not read.named("status")
        ),
        "report",
    ),
    Case(
        "ofac_sdn_three_rows.csv",
        "ofac_sdn",
        "could not ask (too few entries)",
        lambda read: not read.told.answer.answered and _says(read, "too few", "entries"),
        "sdn",
        {"match_name": "Harmless Name Limited"},
    ),
    Case(
        "ofac_comments_inner_quotes.csv",
        "ofac_sdn",
        "refused, for what it is",
        lambda read: read.told.answer is Answer.CHANGED and not _says(read, "cut off"),
        "sdn",
        {"match_name": "Harmless Name Limited"},
    ),
    *(
        Case(
            "page_of_many_comments.html",
            source,
            "changed, at once",
            lambda read: read.told.answer is Answer.CHANGED and not read.undeclared,
            kind,
            given,
        )
        for source, kind, given in (
            ("sec_edgar", "submissions", {"cik": "0009990500"}),
            ("uk_companies_house", "profile", {"company_number": "00445790"}),
            ("uk_gazette", "search", {"name": "Larkfield Instruments Limited"}),
            ("uk_gazette", "notice", {"name": "Larkfield Instruments Limited"}),
            ("creditsafe", "report", {}),
            ("ofac_sdn", "sdn", {"match_name": "Harmless Name Limited"}),
        )
    ),
    _upload("upload_six_months.csv", "left out with a remark", _left_out),
    _upload("upload_six_months_in_title.csv", "left out with a remark", _left_out),
    _upload("upload_half_year_zh.csv", "left out with a remark", _left_out),
    _upload(
        "upload_december_month_zh.csv",
        "asked about: the month, or the year to date?",
        lambda read: _asked(read, "month", "year to date"),
    ),
    _upload(
        "upload_net_loss_without_sign.csv",
        "net income -1,234 thousand",
        lambda read: read.figure("net_income") == -1_234_000 and read.figure("net_income", "2024-12-31") == -900_000,
    ),
    _upload("upload_thousands_with_dots.csv", "asked about", lambda read: _asked(read, "dot", "850.000")),
    _upload("upload_currency_out_of_a_name.csv", "currency not stated", lambda read: _asked(read, "currency")),
    _upload(
        "upload_currency_translated_from.csv",
        "USD",
        lambda read: read.of("currency") == {"USD"} and read.figure("total_assets") == 100_000,
    ),
    _upload("upload_unit_out_of_an_initial.csv", "unit 1", lambda read: read.figure("total_assets") == 9000),
    _upload(
        "upload_unit_ten_million.csv",
        "unit 10,000,000",
        lambda read: read.figure("total_assets") == 1_000_000_000 and read.of("currency") == {"CNY"},
    ),
    _upload(
        "upload_approval_day_as_year_end.csv",
        "year end not known; not the day of approval",
        lambda read: _asked(read, "last day of the year"),
    ),
    _upload(
        "upload_group_beside_unmarked_parent.xlsx",
        "asked about, or the group's ranks first",
        lambda read: _asked(read, "group", "consolidated") or read.known("total_assets") is not None,
    ),
    _upload(
        "statements/a1_month_title_benqi_shangqi.xlsx",
        "the month is not the year",
        lambda read: (not read.told.facts or read.figure("revenue") is None) and bool(read.told.remarks),
    ),
    _upload(
        "statements/a2_month_benqi_leiji.xlsx",
        "本年累计金额 read as the year to date",
        lambda read: read.told.answer is Answer.FOUND and read.figure("revenue") is not None,
    ),
    _upload(
        "statements/E_group_parent_columns.xlsx",
        "合并 and 母公司 told apart; the group's counts",
        lambda read: read.told.answer is Answer.FOUND and read.known("total_assets") is not None,
    ),
    _upload(
        "statements/M_yen_signs.xlsx",
        "read, or refused once with what to change",
        lambda read: read.told.answer is Answer.FOUND or len(read.told.remarks) == 1,
    ),
    _upload(
        "statements/T_wan_header_yuan_figures.xlsx",
        "a finding beside the request (see test_magnitude)",
        lambda read: read.figure("total_assets") == 180_000_000_000,
    ),
    _upload(
        "statements/W_cash_flow_supplement.xlsx",
        "补充资料 read, or named as not read",
        lambda read: "补充资料" in read.words or read.figure("depreciation") is not None,
    ),
    _upload(
        "statements/forecast_2025.xlsx",
        "the forecast is left out with a remark",
        lambda read: _says(read, "forecast", "budget", "预测", "预算") and "2025-12-31" not in read.of("period_end"),
    ),
    _upload(
        "statements/g2_two_tables_second_no_unit.xlsx",
        "the second table's unit is asked about",
        lambda read: _asked(read, "unit"),
    ),
    _upload(
        "statements/e3_heads.xlsx",
        "期末 / 期初 read",
        lambda read: read.figure("total_assets") is not None and len(read.of("period_end")) > 1,
    ),
    Case(
        "book_limit_with_dot.csv",
        "onboard",
        "asked about (50.000 is 50 or 50,000)",
        lambda read: _asked(read, "50.000", "dot"),
    ),
)
