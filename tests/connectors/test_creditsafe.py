"""Creditsafe: the contract, the choice of the one company, and the pitfalls of its reports."""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import connectors.creditsafe
from admission.application import Subject
from admission.errors import AccessRefused, CouldNotAsk, SourceChanged
from admission.evidence.answers import Parsed, Query, RawAnswer
from admission.evidence.facts import CompanyProfile, CompanyStatus, CreditReport, FinancialStatement
from admission.evidence.topics import Topic
from admission.money import Money
from connectors.creditsafe import connector
from connectors.kit import Kit
from tests.connectors.contract import NOW, ContractCase, Reply, contract_tests, kit_for, serving

EXAMPLES = Path(connectors.creditsafe.__file__).parent / "examples"
PASSWORD = "correct horse battery staple"
ENV = {"GATEHOUSE_CREDITSAFE_USERNAME": "desk@example.org", "GATEHOUSE_CREDITSAFE_PASSWORD": PASSWORD}
TOKEN = Reply(200, b'{"token": "header.invented-token.signature"}')
NORTHAVEN = Subject(legal_name="Northaven Metals Limited", country="GB", identifiers={"uk_company_number": "09990017"})
REPORT = Query(
    source="creditsafe", kind="report", params={"connect_id": "GB001-0-09990017"}, topics=(Topic.CREDIT,), paid=True
)


def example(name: str) -> bytes:
    return (EXAMPLES / f"{name}.raw.json").read_bytes()


def changed(body: bytes, *path: str | int, to: Any = None) -> bytes:
    """The body with one field set to something else, or left out."""
    document = json.loads(body)
    *parents, last = path
    place = document
    for name in parents:
        place = place[name]
    if to is None:
        del place[last]
    else:
        place[last] = to
    return json.dumps(document).encode()


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GATEHOUSE_CREDITSAFE_")]:
        monkeypatch.delenv(name)
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)


test_contract = contract_tests(
    ContractCase(
        name="search",
        connect=connector,
        subject=NORTHAVEN,
        good=Reply(200, example("search_found")),
        no_record=Reply(200, example("search_none")),
        drop_mandatory=lambda body: changed(body, "totalSize"),
        unknown_value=lambda body: changed(body, "companies", 0, "status", to="Sleeping"),
        prelude={"/authenticate": TOKEN},
        env=ENV,
        secrets=(PASSWORD, "invented-token"),
    ),
    ContractCase(
        name="report",
        connect=connector,
        subject=NORTHAVEN,
        query=REPORT,
        good=Reply(200, example("report_sound")),
        # The search says who is unknown; a report of an unknown company cannot be asked for.
        no_record=Reply(404, b'{"correlationId": "1", "message": "Not found"}'),
        no_record_ends=SourceChanged,
        drop_mandatory=lambda body: changed(body, "report"),
        unknown_value=lambda body: changed(
            body, "report", "creditScore", "currentCreditRating", "commonValue", to="AAA"
        ),
        prelude={"/authenticate": TOKEN},
        env=ENV,
        secrets=(PASSWORD, "invented-token"),
    ),
)


def source(**settings: str) -> connectors.creditsafe.Creditsafe:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(f"GATEHOUSE_CREDITSAFE_{name.upper()}", value)
        return connector(Kit(clock=lambda: NOW, contact="credit@example.org"))


def read(body: bytes, query: Query = REPORT, **settings: str) -> Parsed:
    return source(**settings).parse(
        query, RawAnswer(status=200, body=body, url="https://example.org/1", fetched_at=NOW)
    )


def credit(parsed: Parsed) -> CreditReport:
    (report,) = [fact for fact in parsed.facts if isinstance(fact, CreditReport)]
    return report


def profile(parsed: Parsed) -> CompanyProfile:
    (found,) = [fact for fact in parsed.facts if isinstance(fact, CompanyProfile)]
    return found


class TestPlan:
    def test_the_best_number_is_asked_by_and_the_exact_name_else(self) -> None:
        numbers = {"uk_company_number": "09990017", "vat": "GB999000103"}
        courts: tuple[Topic, ...]
        for country, identifiers, params, courts in (
            ("GB", numbers, {"countries": "GB", "regNo": "09990017"}, (Topic.JUDGMENTS,)),
            ("GB", {"vat": "GB999000103"}, {"countries": "GB", "vatNo": "GB999000103"}, (Topic.JUDGMENTS,)),
            (
                *("US", {"cik": "0000320193"}, {"countries": "US", "name": "Invented Inc.", "exact": "true"}),
                (Topic.JUDGMENTS, Topic.LAWSUITS),
            ),
            ("CN", {}, {"countries": "CN", "name": "Invented Inc.", "exact": "true"}, ()),
        ):
            (query,) = (
                source().plan(Subject(legal_name="Invented Inc.", country=country, identifiers=identifiers)).queries
            )
            assert query.params == params
            assert (query.paid, query.topics, query.unlocks) == (False, (), (Topic.CREDIT, Topic.ACCOUNTS, *courts))

    def test_a_good_search_leads_to_one_paid_report(self) -> None:
        (search,) = source().plan(NORTHAVEN).queries
        parsed = read(example("search_found"), search)
        (report,) = source().follow_up(search, parsed)
        assert (report.kind, report.params, report.paid) == ("report", {"connect_id": "GB001-0-09990017"}, True)
        assert report.topics == (Topic.CREDIT, Topic.ACCOUNTS, Topic.JUDGMENTS)
        assert source().follow_up(report, read(example("report_sound"))) == ()

    def test_nothing_is_bought_for_an_unknown_company(self) -> None:
        (search,) = source().plan(NORTHAVEN).queries
        assert source().follow_up(search, read(example("search_none"), search)) == ()

    def test_payment_is_a_subject_only_where_its_place_is_set(self) -> None:
        asking = source(payment_fields="paymentData.dbt")
        (search,) = asking.plan(NORTHAVEN).queries
        assert search.unlocks == (Topic.CREDIT, Topic.PAYMENT, Topic.ACCOUNTS, Topic.JUDGMENTS)
        assert asking.card.parser == "creditsafe/3+payment:paymentData.dbt"
        assert source().card.parser == "creditsafe/3"

    def test_the_price_of_the_contract_goes_before_the_cards(self) -> None:
        card = source(price="12.40", price_currency="GBP").card
        assert (card.price, card.price_currency) == (Decimal("12.40"), "GBP")

    def test_without_settings_it_is_not_configured_and_asks_nobody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("GATEHOUSE_CREDITSAFE_PASSWORD")
        with serving(TOKEN) as server:
            asking = connector(kit_for(server, "creditsafe"))
            assert not asking.configured
            assert "GATEHOUSE_CREDITSAFE_PASSWORD" in asking.setup_hint.zh
            with pytest.raises(AccessRefused):
                asking.fetch(REPORT)
        assert server.asked == []


class TestSearch:
    def search(self, **params: str) -> Query:
        return Query(source="creditsafe", kind="search", params={"countries": "GB"} | params)

    def test_the_active_company_of_two_with_one_number_is_taken(self) -> None:
        assert read(example("search_found"), self.search(regNo="09990017")).leads == ("GB001-0-09990017",)

    def test_a_closed_company_is_taken_where_it_alone_has_the_number(self) -> None:
        body = changed(changed(example("search_found"), "companies", 0), "totalSize", to=1)
        assert read(body, self.search(regNo="09990017")).leads == ("GB001-0-09990017X",)

    @pytest.mark.parametrize(
        ("params", "total"),
        [
            ({"regNo": "09990082"}, 2),
            ({"regNo": "09990017", "countries": "IE"}, 2),
            ({"regNo": "09990017"}, 40),
            ({"name": "Northaven Metals (South) Limited"}, 2),
        ],
    )
    def test_who_it_is_must_be_certain(self, params: dict[str, str], total: int) -> None:
        body = changed(example("search_found"), "totalSize", to=total)
        with pytest.raises(CouldNotAsk) as caught:
            read(body, self.search(**params))
        assert caught.value.answer == "unavailable"
        assert "number" in caught.value.remedy.en

    def test_two_active_companies_of_one_name_are_not_guessed_between(self) -> None:
        with pytest.raises(CouldNotAsk) as caught:
            read(example("search_ambiguous"), self.search(name="Eastmere Timber Limited"))
        assert caught.value.context["fitting"] == "2"
        assert caught.value.remedy.en == "add the registration number to the application"

    @pytest.mark.parametrize("written", [["GB999000103"], "999000103", "GB 999 0001 03"])
    def test_a_vat_number_is_known_however_it_is_written(self, written: object) -> None:
        body = changed(example("search_found"), "companies", 0, "vatNo", to=written)
        assert read(body, self.search(vatNo="GB999000103")).leads == ("GB001-0-09990017",)

    def test_a_name_is_compared_without_case_and_punctuation(self) -> None:
        assert read(example("search_found"), self.search(name="Northaven Metals, Limited")).leads == (
            "GB001-0-09990017",
        )


class TestReport:
    rating = ("report", "creditScore", "currentCreditRating")

    def test_a_rated_company_has_score_scale_band_and_limit(self) -> None:
        report = credit(read(example("report_sound")))
        assert (report.rated, report.score, report.score_min, report.score_max) == (
            True,
            Decimal(86),
            Decimal(0),
            Decimal(100),
        )
        assert report.higher_is_better
        assert (report.band, report.band_text) == ("A", "Very Low Risk")
        assert report.limit == Money(amount=Decimal(1850000), currency="GBP")
        assert (report.complete, report.days_beyond_terms, report.reported_on) == (True, None, date(2026, 11, 20))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("providerValue", {"value": "Not Rated", "minValue": "0", "maxValue": "100"}),
            ("providerValue", {"value": "No credit rating"}),
            ("providerValue", {}),
            ("providerValue", None),
            ("commonDescription", "Not Scored"),
        ],
    )
    def test_an_unrated_company_has_no_score(self, field: str, value: object) -> None:
        report = credit(read(changed(example("report_sound"), *self.rating, field, to=value)))
        assert (report.rated, report.score, report.score_min, report.score_max) == (False, None, None, None)

    def test_band_e_is_a_rating_where_the_words_say_so(self) -> None:
        body = changed(example("report_sound"), *self.rating, "commonValue", to="E")
        body = changed(body, *self.rating, "commonDescription", to="Very High Risk")
        report = credit(read(changed(body, *self.rating, "providerValue", "value", to=3)))
        assert (report.rated, report.score, report.band) == (True, Decimal(3), "E")

    @pytest.mark.parametrize(
        "limit", [{"value": "Credit Limit not applicable"}, {"value": "0"}, {"currency": "GBP"}, None]
    )
    def test_a_limit_in_words_or_without_currency_is_none(self, limit: object) -> None:
        assert credit(read(changed(example("report_sound"), *self.rating, "creditLimit", to=limit))).limit is None

    def test_a_limit_of_nothing_with_a_currency_is_nothing(self) -> None:
        body = changed(example("report_sound"), *self.rating, "creditLimit", "value", to="0")
        assert credit(read(body)).limit == Money(amount=Decimal(0), currency="GBP")

    @pytest.mark.parametrize("value", ["1,850,000", "EUR 5m 3", True, {"amount": 1}])
    def test_a_figure_in_an_unknown_form_is_a_change(self, value: object) -> None:
        with pytest.raises(SourceChanged):
            read(changed(example("report_sound"), *self.rating, "creditLimit", "value", to=value))

    def test_failed_sections_make_a_report_incomplete(self) -> None:
        parsed = read(changed(example("report_sound"), "failedSections", to=["financialStatements"]))
        assert (credit(parsed).complete, credit(parsed).failed_sections) == (False, ("financialStatements",))
        assert parsed.message is not None
        assert "financialStatements" in parsed.message.en
        assert "financialStatements" in parsed.message.zh

    def test_a_report_without_its_score_is_incomplete(self) -> None:
        report = credit(read(changed(example("report_sound"), "report", "creditScore")))
        assert (report.rated, report.complete, report.failed_sections) == (False, False, ("creditScore",))

    def test_a_report_of_another_company_is_refused(self) -> None:
        with pytest.raises(SourceChanged):
            read(changed(example("report_sound"), "companyId", to="GB001-0-09990025"))

    @pytest.mark.parametrize(
        ("status", "text", "standing"),
        [
            ("Active", "Active - Accounts Filed", CompanyStatus.ACTIVE),
            ("Active", "In Liquidation", CompanyStatus.IN_INSOLVENCY),
            ("Active", "In Administration", CompanyStatus.IN_INSOLVENCY),
            ("Active", "Active - Proposal to Strike Off", CompanyStatus.STRIKE_OFF_PROPOSED),
            ("NonActive", "Dissolved after compulsory strike off", CompanyStatus.DISSOLVED),
            ("NonActive", "Closed", CompanyStatus.DISSOLVED),
            ("NonActive", "Merged", None),
            ("Pending", "", None),
        ],
    )
    def test_the_standing_follows_the_words_before_the_status(
        self, status: str, text: str, standing: CompanyStatus | None
    ) -> None:
        place = ("report", "companyIdentification", "basicInformation", "companyStatus")
        found = profile(read(changed(example("report_sound"), *place, to={"status": status, "description": text})))
        assert (found.status, found.status_text) == (standing, text or status)

    def test_who_the_company_is(self) -> None:
        found = profile(read(example("report_sound")))
        assert found.identifiers == {
            "creditsafe": "GB001-0-09990017",
            "uk_company_number": "09990017",
            "vat": "GB999000103",
        }
        assert (found.incorporated_on, found.trading_since) == (date(2009, 3, 12), date(2009, 4, 1))
        assert (found.headcount, found.industry_code) == (140, "uk-sic:46720")
        assert found.paid_in_capital == Money(amount=Decimal(1000000), currency="GBP")
        assert found.former_names == ("NORTHAVEN SCRAP LIMITED",)

    def test_issued_capital_takes_the_common_currency_or_none(self) -> None:
        place = ("report", "shareCapitalStructure")
        bare = changed(example("report_sound"), *place, "issuedShareCapital", to={"value": 5000})
        assert profile(read(bare)).paid_in_capital is None
        common = changed(bare, *place, "shareCapitalCurrency", to="EUR")
        assert profile(read(common)).paid_in_capital == Money(amount=Decimal(5000), currency="EUR")

    def test_accounts_are_read_with_their_period(self) -> None:
        latest = next(fact for fact in read(example("report_sound")).facts if isinstance(fact, FinancialStatement))
        assert (latest.period_start, latest.period_end) == (date(2025, 1, 2), date(2025, 12, 31))
        assert (latest.currency, latest.standard, latest.consolidated) == ("GBP", "creditsafe-ggs", False)
        assert latest.total_assets == 18_500_000
        assert latest.total_liabilities == 8_500_000
        assert latest.equity == 10_000_000
        assert latest.revenue == 42_000_000
        assert latest.operating_profit == 3_100_000
        assert latest.interest_expense == 260_000

    def test_figures_may_be_numbers_or_texts(self) -> None:
        place = ("report", "financialStatements", 0, "balanceSheet")
        body = changed(example("report_sound"), *place, "totalAssets", to="18500000.50")
        body = changed(body, *place, "totalShareholdersEquity", to=-167924.0)
        latest = next(fact for fact in read(body).facts if isinstance(fact, FinancialStatement))
        assert (latest.total_assets, latest.equity) == (Decimal("18500000.50"), Decimal("-167924.0"))

    def test_accounts_without_a_currency_are_left_out_and_said(self) -> None:
        parsed = read(changed(example("report_sound"), "report", "financialStatements", 0, "currency"))
        assert [fact.period_end for fact in parsed.facts if isinstance(fact, FinancialStatement)] == [
            date(2024, 12, 31)
        ]
        assert parsed.message is not None
        assert "1 set(s) of accounts without a currency" in parsed.message.en

    def test_an_unknown_line_is_reported(self) -> None:
        place = ("report", "financialStatements", 0, "balanceSheet", "cryptoAssets")
        assert read(changed(example("report_sound"), *place, to=5)).leftover == (
            "report.financialStatements[].balanceSheet.cryptoAssets",
        )

    @pytest.mark.parametrize(
        ("places", "days"),
        [
            ("paymentData.dbt", 6),
            ("paymentData.elsewhere, paymentData.dbt", 6),
            ("paymentData.elsewhere", None),
            ("paymentData.dbt.deeper", None),
        ],
    )
    def test_days_beyond_terms_are_read_where_a_setting_says(self, places: str, days: int | None) -> None:
        assert credit(read(example("report_sound"), payment_fields=places)).days_beyond_terms == days
