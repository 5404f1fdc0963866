"""Metrics from registers, bureaus, courts and watch lists.

Absence is only known where it was looked for: a flag such as `open_insolvency` is False only if every source that
should have covered the topic answered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from admission.application import Subject
from admission.company_names import same_name
from admission.evidence.answers import Answer, Coverage, Gap
from admission.evidence.facts import (
    CompanyProfile,
    CompanyStatus,
    CreditReport,
    EventKind,
    Facts,
    LegalKind,
    LegalRecord,
    LegalStatus,
    WatchlistHit,
)
from admission.evidence.topics import Topic
from admission.evidence.watchlists import Ruling, ruled_out
from admission.evidence.watchlists import confirmed as is_confirmed
from admission.metrics.catalogue import Metric, known, unknown
from admission.model import Text

DISTRESS = frozenset(
    {
        EventKind.BANKRUPTCY_PETITION,
        EventKind.BANKRUPTCY_PLAN,
        EventKind.BANKRUPTCY_EMERGENCE,
        EventKind.BANKRUPTCY_UNSPECIFIED,
        EventKind.DEBT_ACCELERATION,
        EventKind.DELISTING_NOTICE,
        EventKind.NON_RELIANCE,
        EventKind.LATE_FILING,
        EventKind.DEREGISTRATION,
        EventKind.STRIKE_OFF_NOTICE,
        EventKind.INSOLVENCY_FILING,
    }
)
INSOLVENT_KINDS = frozenset({LegalKind.INSOLVENCY, LegalKind.WINDING_UP_PETITION})
NOT_ON_RECORD = Text(en="no source told it", zh="没有来源提供该信息")
# How asking a register ends that would have told names of the company; not: that nobody has set it up.
_FAILED = frozenset({Answer.UNAVAILABLE, Answer.REFUSED, Answer.CHALLENGED, Answer.CHANGED, Answer.IN_DOUBT})
DAYS_PER_YEAR = Decimal("365.25")
DISTRESS_DAYS = 730
# Five years, as long as lists of filings are read back.
INSOLVENCY_DAYS = 1826
# Three years: few proceedings last longer, and what is only inferred to run then needs a person.
INFERRED_DAYS = 1096


def not_covered(coverage: Coverage, topic: Topic, since: date | None = None) -> Text:
    """Say why a topic is not covered: which sources could not be asked, or that none was."""
    gaps = coverage.gaps_in(topic, since)
    if not gaps:
        return Text(en="no source gave an answer that can be used", zh="没有来源给出可用答复")
    told = [gap.message if gap.answer is Answer.FOUND and gap.message else _named(gap) for gap in gaps]
    english, chinese = dict.fromkeys(text.en for text in told), dict.fromkeys(text.zh for text in told)
    return Text(en=f"could not be checked: {', '.join(english)}", zh=f"未能查询：{'、'.join(chinese)}")


def _named(gap: Gap) -> Text:
    name = f"{gap.source} ({gap.answer})"
    return Text(en=name, zh=name)


def register_metrics(
    facts: Facts, coverage: Coverage, subject: Subject, *, as_of: date, rulings: Sequence[Ruling] = ()
) -> list[Metric]:
    """Derive all metrics that do not come from accounts."""
    view = _View(facts, coverage, subject, as_of, rulings)
    return [
        view.years_trading(),
        view.from_profile("accounts_overdue", lambda profile: profile.accounts_overdue),
        view.from_profile("headcount", lambda profile: _decimal(profile.headcount)),
        view.paid_in_capital(),
        view.from_profile("industry_code", lambda profile: profile.industry_code),
        view.registry_verified(),
        view.registered_active(),
        view.strike_off_proposed(),
        view.credit_score(),
        view.bureau_limit(),
        view.from_report("days_beyond_terms", lambda report: report.days_beyond_terms, Topic.PAYMENT),
        view.from_report("late_invoice_share", lambda report: report.late_invoice_share, Topic.PAYMENT),
        view.open_insolvency(),
        view.insolvency_history(),
        view.open_charges(),
        count_filings("distress_filings_24m", DISTRESS, facts, coverage, as_of=as_of),
        view.watchlist("watchlist_hits", confirmed=False),
        view.watchlist("watchlist_confirmed", confirmed=True),
    ]


def newest_report(facts: Facts) -> CreditReport | None:
    """Return the newest report of a bureau; None where there is none."""
    return max(facts.reports, key=lambda report: (report.reported_on or date.min, report.source), default=None)


def why_untold(coverage: Coverage, topic: Topic) -> Text:
    """Say why nobody told something: all that could were asked and did not, or who could not be asked."""
    return NOT_ON_RECORD if coverage.complete(topic) else not_covered(coverage, topic)


def count_filings(name: str, kinds: Collection[EventKind], facts: Facts, coverage: Coverage, *, as_of: date) -> Metric:
    """Return how many filings of the last 24 months tell of an event.

    Args:
        name: of the metric.
        kinds: of event that count.
        facts: the usable facts.
        coverage: which topics were asked about.
        as_of: the day of the assessment.
    """
    since = as_of - timedelta(days=DISTRESS_DAYS)
    if not coverage.complete(Topic.FILINGS, since):
        return unknown(name, not_covered(coverage, Topic.FILINGS, since))
    told = [
        filing
        for filing in facts.filings
        if any(event.kind in kinds and since <= event.on <= as_of for event in filing.events)
    ]
    sources = tuple(dict.fromkeys(filing.source for filing in told)) or coverage.answered[Topic.FILINGS]
    return known(name, Decimal(len(told)), sources, max((filing.filed_on for filing in told), default=as_of))


class _View:
    """All that is known of one company on one day."""

    def __init__(
        self, facts: Facts, coverage: Coverage, subject: Subject, as_of: date, rulings: Sequence[Ruling]
    ) -> None:
        self.facts = facts
        self.coverage = coverage
        self.subject = subject
        self.as_of = as_of
        self.rulings = rulings

    def from_profile(self, name: str, read: Callable[[CompanyProfile], Decimal | bool | str | None]) -> Metric:
        for profile in self.facts.profiles:
            value = read(profile)
            if value is not None:
                return known(name, value, (profile.source,), self.as_of)
        return unknown(name, why_untold(self.coverage, Topic.IDENTITY))

    def from_report(self, name: str, read: Callable[[CreditReport], Decimal | None], topic: Topic) -> Metric:
        report = newest_report(self.facts)
        value = read(report) if report else None
        if report is None or value is None:
            return unknown(name, why_untold(self.coverage, topic))
        return known(name, value, (report.source,), report.reported_on)

    def paid_in_capital(self) -> Metric:
        for profile in self.facts.profiles:
            if profile.paid_in_capital is not None:
                capital = profile.paid_in_capital
                return known("paid_in_capital", capital.amount, (profile.source,), self.as_of, unit=capital.currency)
        return unknown("paid_in_capital", why_untold(self.coverage, Topic.IDENTITY))

    def years_trading(self) -> Metric:
        starts = [
            (day, profile.source)
            for profile in self.facts.profiles
            for day in (profile.trading_since, profile.incorporated_on)
            if day is not None
        ]
        note = None
        if not starts:
            starts = [(filing.filed_on, filing.source) for filing in self.facts.filings]
            note = Text(en="at least: counted from the oldest filing read", zh="至少：自所读最早公告起算")
        if not starts:
            return unknown("years_trading", why_untold(self.coverage, Topic.IDENTITY))
        first, source = min(starts)
        years = round(Decimal((self.as_of - first).days) / DAYS_PER_YEAR, 1)
        return known("years_trading", years, (source,), first, note=note)

    def registry_verified(self) -> Metric:
        if not self.facts.profiles and self.coverage.complete(Topic.IDENTITY):
            asked_at = self.coverage.answered[Topic.IDENTITY]
            stranger = Text(en="the register does not know it", zh="登记机关无此企业")
            return known("registry_verified", False, asked_at, self.as_of, note=stranger)
        if not self.facts.profiles:
            return unknown("registry_verified", not_covered(self.coverage, Topic.IDENTITY))
        asked = self.subject.legal_name
        named = [
            profile
            for profile in self.facts.profiles
            if any(same_name(asked, name) for name in (profile.legal_name, *profile.former_names))
        ]
        sources = tuple(profile.source for profile in named or self.facts.profiles)
        note = None
        if not named:
            found = self.facts.profiles[0].legal_name
            note = Text(en=f"the register has it as {found}", zh=f"登记名称为 {found}")
        return known("registry_verified", bool(named), sources, self.as_of, note=note)

    def registered_active(self) -> Metric:
        stated = [profile for profile in self.facts.profiles if profile.status is not None]
        gone = [profile for profile in stated if profile.status in (CompanyStatus.DISSOLVED, CompanyStatus.REVOKED)]
        if gone:
            return known("registered_active", False, tuple(profile.source for profile in gone), gone[0].dissolved_on)
        if (doubt := self._standing_in_doubt()) is not None:
            return unknown("registered_active", doubt)
        if stated:
            return known("registered_active", True, tuple(profile.source for profile in stated), self.as_of)
        since = self._days_ago(DISTRESS_DAYS)
        if self.facts.profiles and (
            self.coverage.answered.get(Topic.FILINGS) or self.coverage.gaps_in(Topic.FILINGS, since)
        ):
            return self._active_by_filings(since)
        return unknown("registered_active", why_untold(self.coverage, Topic.IDENTITY))

    def _active_by_filings(self, since: date) -> Metric:
        """A company that files its reports is there; one that has deregistered may be, and need tell nobody."""
        left = [
            event.on
            for filing in self.facts.filings
            for event in filing.events
            if event.kind is EventKind.DEREGISTRATION
        ]
        sources = tuple(profile.source for profile in self.facts.profiles)
        if left:
            day = max(left)
            why = Text(en=f"it deregistered its securities on {day}", zh=f"已于 {day} 注销证券登记")
            return unknown("registered_active", why, sources=sources)
        if not self.coverage.complete(Topic.FILINGS, since):
            return unknown("registered_active", not_covered(self.coverage, Topic.FILINGS, since))
        note = Text(en="files reports and has not deregistered", zh="持续披露且未注销登记")
        return known("registered_active", True, sources, self.as_of, note=note)

    def _standing_in_doubt(self) -> Text | None:
        """Why the standing is not known where an answer leaves it open, whatever others say of it; None: none does."""
        left_open = [gap for gap in self.coverage.gaps_in(Topic.IDENTITY) if gap.answer is Answer.FOUND]
        return not_covered(self.coverage, Topic.IDENTITY) if left_open else None

    def strike_off_proposed(self) -> Metric:
        stated = [profile for profile in self.facts.profiles if profile.status is not None]
        proposed = [profile for profile in stated if profile.status is CompanyStatus.STRIKE_OFF_PROPOSED]
        doubt = self._standing_in_doubt()
        if doubt is not None and not proposed:
            return unknown("strike_off_proposed", doubt)
        if stated:
            sources = tuple(profile.source for profile in proposed or stated)
            return known("strike_off_proposed", bool(proposed), sources, self.as_of)
        active = self.registered_active()
        if active.value is True:
            return known("strike_off_proposed", False, active.sources, self.as_of, note=active.note)
        return unknown("strike_off_proposed", active.unknown or why_untold(self.coverage, Topic.IDENTITY))

    def credit_score(self) -> Metric:
        report = newest_report(self.facts)
        if report is None:
            return unknown("credit_score", why_untold(self.coverage, Topic.CREDIT))
        if report.score is None:
            return unknown(
                "credit_score", Text(en="the bureau does not rate it", zh="征信机构未评级"), sources=(report.source,)
            )
        better, besser = (
            ("higher is better", "越高越好") if report.higher_is_better else ("lower is better", "越低越好")
        )
        scale = f"{report.score_min}-{report.score_max}"
        note = Text(en=f"scale {scale}, {better}", zh=f"量程 {scale}，{besser}")
        return known("credit_score", report.score, (report.source,), report.reported_on, note=note)

    def bureau_limit(self) -> Metric:
        report = newest_report(self.facts)
        if report is None or report.limit is None:
            return unknown("bureau_limit", why_untold(self.coverage, Topic.CREDIT))
        return known(
            "bureau_limit", report.limit.amount, (report.source,), report.reported_on, unit=report.limit.currency
        )

    def _insolvency(self) -> Sequence[LegalRecord]:
        # A notice that may be about somebody else dismisses nothing.
        dismissed = [
            record.on
            for record in self.facts.legal
            if record.kind is LegalKind.PETITION_DISMISSED and record.on and record.status is not LegalStatus.UNCLEAR
        ]
        firm = {record.reference for record in self.facts.legal if record.status is not LegalStatus.UNCLEAR}
        return [
            record
            for record in self.facts.legal
            if record.kind in INSOLVENT_KINDS
            and (record.status is not LegalStatus.UNCLEAR or record.reference not in firm)
            and not (
                record.kind is LegalKind.WINDING_UP_PETITION
                and record.on is not None
                and any(record.on <= day for day in dismissed)
            )
        ]

    def open_insolvency(self) -> Metric:
        records = [self._as_of_day(record) for record in self._insolvency()]
        running = [record for record in records if record.status is LegalStatus.OPEN]
        failed = self._in_insolvency()
        if running or failed:
            sources = tuple(dict.fromkeys([item.source for item in (*running, *failed)]))
            days = [record.on for record in running if record.on]
            return known("open_insolvency", True, sources, max(days, default=None))
        unclear = [record for record in records if record.status is LegalStatus.UNCLEAR]
        if unclear:
            told = "; ".join(dict.fromkeys(record.basis or record.title or record.reference for record in unclear))
            why = Text(en=f"records whose end is not certain: {told}", zh=f"记录的终结情况不确定：{told}")
            return unknown("open_insolvency", why, sources=tuple(dict.fromkeys(record.source for record in unclear)))
        return self._absent("open_insolvency", Topic.INSOLVENCY, False, INSOLVENCY_DAYS)

    def _as_of_day(self, record: LegalRecord) -> LegalRecord:
        """Proceedings that are only inferred to run are unclear after some years: their end may have gone untold."""
        lasted = record.inferred and record.on is not None and record.on < self._days_ago(INFERRED_DAYS)
        if not lasted or record.status is not LegalStatus.OPEN:
            return record
        return record.model_copy(update={"status": LegalStatus.UNCLEAR})

    def _in_insolvency(self) -> list[CompanyProfile]:
        return [profile for profile in self.facts.profiles if profile.status is CompanyStatus.IN_INSOLVENCY]

    def insolvency_history(self) -> Metric:
        records, failed = self._insolvency(), self._in_insolvency()
        if records or failed:
            days = [record.on for record in records if record.on]
            sources = tuple(dict.fromkeys([item.source for item in (*records, *failed)]))
            return known("insolvency_history", True, sources, max(days, default=None))
        return self._absent("insolvency_history", Topic.INSOLVENCY, False, INSOLVENCY_DAYS)

    def open_charges(self) -> Metric:
        charges = [record for record in self.facts.legal if record.kind is LegalKind.CHARGE]
        outstanding = [record for record in charges if record.status is LegalStatus.OPEN]
        unclear = tuple(dict.fromkeys(record.source for record in charges if record.status is LegalStatus.UNCLEAR))
        if unclear:
            why = Text(en="charges whose end is not certain", zh="抵押登记的解除情况不确定")
            return unknown("open_charges", why, sources=unclear)
        if charges and self.coverage.complete(Topic.CHARGES):
            sources = tuple(dict.fromkeys(record.source for record in charges))
            return known("open_charges", Decimal(len(outstanding)), sources, self.as_of)
        return self._absent("open_charges", Topic.CHARGES, Decimal(0))

    def watchlist(self, name: str, *, confirmed: bool) -> Metric:
        hits = [
            hit
            for hit in self.facts.hits
            if (is_confirmed(hit, self.rulings) if confirmed else not ruled_out(hit, self.rulings))
        ]
        if hits:
            sources = tuple(dict.fromkeys(hit.source for hit in hits))
            dates = [hit.list_date for hit in hits if hit.list_date]
            entries = {(hit.list_name, hit.entry) for hit in hits}
            ours = ", ".join(dict.fromkeys(hit.our_name for hit in hits if hit.our_name))
            note = (
                Text(en=f"under a name that a register gives: {ours}", zh=f"以登记名称命中：{ours}") if ours else None
            )
            return known(name, Decimal(len(entries)), sources, max(dates, default=None), note=note)
        if confirmed and (near := self._near_numbers()):
            sources = tuple(dict.fromkeys(hit.source for hit in near))
            told = ", ".join(dict.fromkeys(hit.entry for hit in near))
            why = Text(en=f"entries with a number like ours: {told}", zh=f"有企业识别号近似的条目：{told}")
            return unknown(name, why, sources=sources)
        if self.coverage.complete(Topic.WATCHLIST) and (silent := self._silent_registers()):
            why = Text(
                en=f"names that registers have of it could not be screened: {', '.join(silent)}",
                zh=f"未能取得登记名称用于筛查：{'、'.join(silent)}",
            )
            return unknown(name, why)
        return self._absent(name, Topic.WATCHLIST, Decimal(0))

    def _near_numbers(self) -> list[WatchlistHit]:
        """Hits by a number that may be ours misprinted, and on which nobody has ruled that they are not."""
        return [hit for hit in self.facts.hits if hit.basis == "near_identifier" and not ruled_out(hit, self.rulings)]

    def _silent_registers(self) -> list[str]:
        """Registers that could not be asked who the company is: a name of theirs may be on a list."""
        gaps = [gap for gap in self.coverage.gaps_in(Topic.IDENTITY) if gap.answer in _FAILED]
        return list(dict.fromkeys(f"{gap.source} ({gap.answer})" for gap in gaps))

    def _absent(self, name: str, topic: Topic, value: Decimal | bool, days: int | None = None) -> Metric:
        """There is none, where it was looked for in all of the days that the metric speaks of."""
        since = None if days is None else self._days_ago(days)
        if self.coverage.complete(topic, since):
            return known(name, value, self.coverage.answered[topic], self.as_of)
        return unknown(name, not_covered(self.coverage, topic, since))

    def _days_ago(self, days: int) -> date:
        return self.as_of - timedelta(days=days)


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
