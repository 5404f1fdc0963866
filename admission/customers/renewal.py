"""When the system may renew a customer without people: what stands between a review and its renewal, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.record import Assessment, CriterionResult
from admission.assessment.routing import bars_fast_track
from admission.evidence.findings import Verdict
from admission.model import Text
from admission.policy.treatments import Treatment

FROM_BOOK = Text(
    en="this customer came with the book; nobody has assessed it here yet",
    zh="该客户为导入的存量客户，本系统尚未评估",
)
SECURED = Text(en="credit against security only, which the book does not say", zh="须提供担保，而导入时无此要求")
NOTHING_BEFORE = Text(en="no earlier decision to compare with", zh="没有可比较的上次决定")
NOT_ALONE = Text(en="the policy does not let the system decide this alone", zh="按制度系统不能单独决定")
REOPENED = Text(en="a person's spot check re-opened it", zh="人工抽检后重开")
CAPPED = Text(
    en="the grade is capped now, by missing figures or its segment", zh="等级现受限制（缺少数据，或按客户类别）"
)
MORE_MISSING = Text(en="more figures are missing for the score than last time", zh="评分缺少的数据比上次多")
NOW_SECURED = Text(en="credit against security only, which was not so last time", zh="现须提供担保，上次无此要求")
_VERDICTS = {
    Verdict.PASS: Text(en="met", zh="达标"),
    Verdict.FAIL: Text(en="not met", zh="未达标"),
    Verdict.UNKNOWN: Text(en="unknown", zh="未知"),
}
_NOT_ASKED = Text(en="not asked", zh="未要求")


class LastDecision(NamedTuple):
    """What a customer has, and the assessment by which it was decided last.

    Attributes:
        limit: granted, in `currency`.
    """

    assessment: Assessment
    limit: Decimal
    currency: str
    terms_days: int


def find_obstacles(last: LastDecision | None, now: Assessment) -> tuple[Text, ...]:
    """Return all that stands against the renewal of a customer by the system; nothing where it may renew.

    It may where nothing that the policy asks is failed or unknown, the route would be the system's own, and grade,
    limit, terms, security and treatments stand no worse than at the last decision. What an override covers is not met:
    people signed for it, and people look at it again. Points that move within a grade are no obstacle; the policy says
    by its grades what points mean.

    Args:
        last: what the customer has; None where nothing was decided.
        now: the assessment of the review.
    """
    if last is None:
        return (NOTHING_BEFORE,)
    return (
        *_rules(last.assessment.criteria, now),
        *_grading(last.assessment, now),
        *_limit(last, now),
        *_terms(last, now),
        *_treatments(last.assessment.treatments, now),
        *_route(now),
    )


class BookTerms(NamedTuple):
    """What a customer has that came with the book, and that nobody has assessed here.

    Attributes:
        grade: as the book has it.
        limit: granted, in `currency`.
        open_limit: what of it needs no security.
        grades: names of the policy's grades, the best first.
        by_system: whether the policy lets the system decide the first review.
    """

    grade: str
    limit: Decimal
    currency: str
    terms_days: int
    open_limit: Decimal
    grades: Sequence[str]
    by_system: bool


def find_first_obstacles(book: BookTerms, now: Assessment) -> tuple[Text, ...]:
    """Return all that stands against the system keeping what a customer of the book has, at its first review.

    All that is asked of a renewal is asked of it, but for the comparison with an earlier assessment, of which there is
    none: grade, limit and terms are compared with those of the book. What the policy demands becomes conditions, as at
    a fast track; what is to be there before the next delivery would stop deliveries, and people decide that. Unless
    the policy lets the system decide, that nobody has assessed the customer stands against it by itself.

    Args:
        book: what the customer has.
        now: the assessment of the review.
    """
    return (
        *(() if book.by_system else (FROM_BOOK,)),
        *_rules(None, now),
        *_graded_by_book(book, now),
        *_granted_by_book(book, now),
        *_before_delivery(now),
        *_route(now),
    )


def _graded_by_book(book: BookTerms, now: Assessment) -> Iterator[Text]:
    order = {name: place for place, name in enumerate(book.grades)}
    # A grade that the policy has no more is worse than none of today's.
    if book.grade not in order or order[now.grade] > order[book.grade]:
        yield Text(en=f"grade {now.grade}, in the book {book.grade}", zh=f"等级 {now.grade}，导入时为 {book.grade}")
    if now.grade_capped:
        yield CAPPED


def _granted_by_book(book: BookTerms, now: Assessment) -> Iterator[Text]:
    limit, terms = now.limit, now.terms
    if limit.currency != book.currency or limit.amount < book.limit:
        yield _too_low(limit.amount, limit.currency, book.limit, book.currency)
    if terms.days < book.terms_days:
        yield Text(
            en=f"terms in days {terms.days}, in the book {book.terms_days}",
            zh=f"账期天数 {terms.days}，导入时为 {book.terms_days}",
        )
    if terms.secured and book.open_limit > 0:
        yield SECURED


def _rules(then: Iterable[CriterionResult] | None, now: Assessment) -> Iterator[Text]:
    """What is not met or not known now, whether or not it was so before: people who accepted it did so once."""
    told = {result.id: result for result in then or ()}
    for result in now.criteria:
        before = told.get(result.id)
        if result.verdict is Verdict.PASS or _is_still_not_asked(before, result):
            continue
        if then is None:
            yield Text(en=f"{result.id}: {result.message.en}", zh=f"{result.id}：{result.message.zh}")
            continue
        was = _NOT_ASKED if before is None else _VERDICTS[before.verdict]
        yield Text(
            en=f"{result.id}: {result.message.en} (last time: {was.en})",
            zh=f"{result.id}：{result.message.zh}（上次：{was.zh}）",
        )
    for finding in now.findings:
        if bars_fast_track(finding):
            yield finding.message


def _is_still_not_asked(then: CriterionResult | None, now: CriterionResult) -> bool:
    """True for what the policy only lists, as nothing that tells it is set up; not where it was told last time."""
    return now.not_asked and (then is None or then.verdict is Verdict.UNKNOWN)


def _grading(then: Assessment, now: Assessment) -> Iterator[Text]:
    if now.grade != then.grade:
        yield _moved(Text(en="grade", zh="等级"), now.grade, then.grade)
    if now.grade_capped and not then.grade_capped:
        yield CAPPED
    if now.missing_share > then.missing_share:
        yield MORE_MISSING
    if now.review_months < then.review_months:
        interval = Text(en="months until the next review", zh="距下次复审月数")
        yield _moved(interval, str(now.review_months), str(then.review_months))


def _limit(last: LastDecision, now: Assessment) -> Iterator[Text]:
    limit, before = now.limit, last.assessment.limit
    if limit.currency != last.currency or limit.amount < last.limit:
        yield _too_low(limit.amount, limit.currency, last.limit, last.currency)
    if limit.currency != before.currency or limit.amount < before.amount:
        said = Text(en="recommended limit", zh="建议额度")
        yield _moved(said, f"{limit.amount:,.0f} {limit.currency}", f"{before.amount:,.0f} {before.currency}")


def _too_low(recommended: Decimal, currency: str, granted: Decimal, granted_in: str) -> Text:
    has = f"{granted:,.0f} {granted_in}"
    return Text(
        en=f"recommended limit {recommended:,.0f} {currency}, granted {has}",
        zh=f"建议额度 {recommended:,.0f} {currency}，现有额度 {has}",
    )


def _terms(last: LastDecision, now: Assessment) -> Iterator[Text]:
    terms, before = now.terms, last.assessment.terms
    most = max(last.terms_days, before.days)
    if terms.days < most:
        yield _moved(Text(en="terms in days", zh="账期天数"), str(terms.days), str(most))
    # People who accepted the unknowns by name had the security lifted that only these asked for.
    if terms.secured and (not before.secured or before.until_known):
        yield NOW_SECURED
    if terms.text != before.text:
        yield Text(
            en=f"terms: {terms.text.en}, last time: {before.text.en}",
            zh=f"付款条件：{terms.text.zh}，上次：{before.text.zh}",
        )


def _treatments(then: Iterable[Treatment], now: Assessment) -> Iterator[Text]:
    before = set(then)
    for item in now.treatments:
        if item not in before:
            yield _asked_for(item)


def _before_delivery(now: Assessment) -> Iterator[Text]:
    for item in now.treatments:
        if item.before_delivery:
            yield _asked_for(item)


def _asked_for(item: Treatment) -> Text:
    return Text(en=f"asked for now: {item.text.en}", zh=f"现另要求：{item.text.zh}")


def _route(now: Assessment) -> Iterator[Text]:
    if now.route.kind != "fast_track":
        yield NOT_ALONE
    if now.reopened:
        yield REOPENED


def _moved(what: Text, now: str, then: str) -> Text:
    return Text(en=f"{what.en} {now}, last time {then}", zh=f"{what.zh} {now}，上次 {then}")
