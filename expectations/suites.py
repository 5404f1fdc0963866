"""The suites: which Great Expectations expectation stands behind each check of the catalogue.

Great Expectations is imported when a suite is built, never before: it costs 4 s of CPU.
"""

from __future__ import annotations

import warnings
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from expectations import catalogue

if TYPE_CHECKING:
    import great_expectations as gx


def suite_of(field: str, *, as_of: date) -> gx.ExpectationSuite:
    """Build the suite of one fact table.

    Args:
        field: name of the table in `Facts`, such as `statements`.
        as_of: the day after which no date may lie.
    """
    builders = {
        "profiles": _profiles,
        "statements": _statements,
        "filings": _filings,
        "reports": _reports,
        "legal": _legal,
        "ledgers": _ledgers,
    }
    with warnings.catch_warnings():
        # Great Expectations 1.24 imports sre_constants and sre_parse, which Python 3.11 deprecates.
        warnings.filterwarnings("ignore", "module 'sre_(constants|parse)' is deprecated", DeprecationWarning)
        import great_expectations as gx

    return gx.ExpectationSuite(name=field, expectations=builders[field](as_of))


def _between(code: str, column: str, least: object = None, most: object = None, **more: object) -> Any:
    import great_expectations.expectations as gxe

    return gxe.ExpectColumnValuesToBeBetween(
        column=column, min_value=least, max_value=most, meta={"code": code}, **more
    )


def _true(code: str, column: str) -> Any:
    import great_expectations.expectations as gxe

    return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[True], meta={"code": code})


def _in_order(code: str, earlier: str, later: str, *, or_equal: bool = True) -> Any:
    """Expect `later` not to lie before `earlier`, where both are stated; also for numbers."""
    import great_expectations.expectations as gxe

    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=later,
        column_B=earlier,
        or_equal=or_equal,
        ignore_row_if="either_value_is_missing",
        meta={"code": code},
    )


def _not_after(code: str, as_of: date, *columns: str) -> list[Any]:
    limit = datetime.combine(as_of, time.min)
    return [_between(code, column, most=limit) for column in columns]


def _profiles(as_of: date) -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="legal_name", min_value=1, meta={"code": "profile.name_present"}
        ),
        _true("profile.country_known", "country_known"),
        _true("profile.identifiers_check", "identifiers_check"),
        _between("profile.plausible_headcount", "headcount", 0, catalogue.LARGEST_HEADCOUNT),
        *_not_after(
            "profile.no_future_dates",
            as_of,
            "incorporated_on",
            "trading_since",
            "dissolved_on",
            "last_accounts_on",
        ),
        _in_order("profile.period_order", "incorporated_on", "dissolved_on"),
    ]


def _statements(as_of: date) -> list[Any]:
    from great_expectations.expectations.row_conditions import Column

    within_limit = Column("balance_gap") <= catalogue.LARGEST_BALANCE_GAP
    return [
        _true("statement.finite", "finite"),
        _true("statement.currency_present", "currency_known"),
        *_not_after("statement.no_future_dates", as_of, "period_start", "period_end", "filed_on"),
        _in_order("statement.period_order", "period_start", "period_end", or_equal=False),
        _in_order("statement.period_order", "period_end", "filed_on"),
        _between("statement.annual_period", "period_days", *catalogue.YEAR_DAYS),
        _between("statement.balance_identity", "balance_gap", most=catalogue.LARGEST_BALANCE_GAP),
        _between("statement.balance_gap", "balance_gap", most=catalogue.BALANCE_TOLERANCE, row_condition=within_limit),
        _between("statement.assets_not_negative", "total_assets", 0),
        _between("statement.parts_within_total", "largest_part", most=catalogue.LARGEST_PART),
        _between("statement.plausible_magnitude", "smallest_size", catalogue.SMALLEST_SIZE),
        _between("statement.plausible_magnitude", "largest_size", most=catalogue.LARGEST_SIZE),
        _between("statement.consistent_units", "year_jump", most=catalogue.LARGEST_JUMP),
        # Only a clash has a factor; one that is not stated is skipped.
        _between("statement.sources_agree", "unit_clash", most=1),
        _between("statement.duplicate", "versions", most=1),
    ]


def _filings(as_of: date) -> list[Any]:
    columns = ("filed_on", "reported_period_on", "latest_event_on")
    return [
        *_not_after("filing.no_future_dates", as_of, *columns),
        _in_order("filing.period_order", "reported_period_on", "filed_on"),
    ]


def _reports(as_of: date) -> list[Any]:
    return [
        _true("report.finite", "finite"),
        _in_order("report.score_in_range", "score_min", "score"),
        _in_order("report.score_in_range", "score", "score_max"),
        _true("report.limit_has_currency", "limit_currency_known"),
        _between("report.limit_not_negative", "limit", 0),
        _between("report.share_in_range", "late_invoice_share", 0, 1),
        *_not_after("report.no_future_dates", as_of, "reported_on"),
        _true("report.complete", "complete"),
    ]


def _legal(as_of: date) -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        *_not_after("legal.no_future_dates", as_of, "on", "ended_on"),
        _in_order("legal.period_order", "on", "ended_on"),
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=["case", "source", "kind", "reference"],
            ignore_row_if="any_value_is_missing",
            meta={"code": "legal.duplicate"},
        ),
    ]


def _ledgers(as_of: date) -> list[Any]:
    return [
        *_not_after("ledger.no_future_dates", as_of, "as_of"),
        _between("ledger.not_negative", "own_overdue_days", 0),
        _between("ledger.not_negative", "overdue_documents", 0),
        _between("ledger.not_negative", "late_payments_12m", 0),
        _true("ledger.overdue_agrees", "overdue_agrees"),
    ]
