"""A customer asks for another limit or other terms: what stands beside the request, and what its decision may do.

A refused request leaves the customer what it has. So does an approval that would give less than the customer has
without that being asked for: such a request is no way to lower a limit. In both cases a review looks at the customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from admission.application import Application, AskedChange, Granted, Requested
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, Decision
from admission.customers.standing.decided import open_limit
from admission.errors import BadInput, Problem
from admission.model import Text

_UNCHANGED = Text(en="another limit or other terms than the customer has", zh="与客户现有额度或账期不同的数值")


def changed_application(before: Application, asked: Requested, change: AskedChange) -> Application:
    """Return the application of a request for another limit: that of the customer, with what is asked for now.

    Args:
        before: of the case on which the customer's limit rests.
        asked: limit, currency and terms; what the customer is expected to buy and offers stays as it was told.
        change: what the customer has, and why another limit is asked for.
    """
    terms = {"limit": asked.limit, "currency": asked.currency, "terms_days": asked.terms_days}
    return before.model_copy(update={"requested": before.requested.model_copy(update=terms), "change": change})


def edited_change(before: Application, edited: Application) -> Application:
    """Return an edited application with what the house itself knows: what the customer has.

    Args:
        before: the application until now.
        edited: as somebody wrote it; it says nothing of what the customer has.

    Raises:
        BadInput: the limit of a customer is asked for in another currency than it has.
    """
    change, currency = before.change, edited.requested.currency
    if change is not None and currency != change.today.currency:
        expected = Text(
            en=f"{change.today.currency}, as the limit is today", zh=f"{change.today.currency}（与现有额度一致）"
        )
        problem = Problem("requested.currency", currency, expected)
        raise BadInput(Text(en="The application cannot be taken.", zh="申请无法受理。"), problems=[problem])
    return edited.model_copy(update={"change": change})


def without_change(application: Application) -> Application:
    """Return an application as that of the customer from a decision on."""
    return application.model_copy(update={"change": None})


def problems_of_request(asked: Requested, change: AskedChange) -> list[Problem]:
    """Return what of a request cannot be: the reason is missing, or nothing would change."""
    found = []
    if not change.because.strip():
        found.append(Problem("because", change.because, Text(en="why", zh="原因")))
    today = change.today
    if (asked.limit, asked.terms_days) == (today.limit, today.terms_days):
        found.append(Problem("amount", f"{asked.limit:,.2f} {asked.currency}", _UNCHANGED))
    return found


def asked_words(application: Application) -> Text | None:
    """Return what a customer has and what is asked for, in one sentence; None where no change is asked for."""
    change, asked = application.change, application.requested
    if change is None:
        return None
    today = change.today
    has, wants = f"{today.limit:,.2f} {today.currency}", f"{asked.limit:,.2f} {asked.currency}"
    en, zh = f"limit today {has}; asked {wants}", f"现有额度 {has}；申请 {wants}"
    if asked.currency == today.currency and asked.limit != today.limit:
        by = asked.limit - today.limit
        share = "" if today.limit == 0 else f", {by / today.limit:+.0%}"
        en, zh = f"{en} ({by:+,.2f}{share})", f"{zh}（{by:+,.2f}{share}）"
    if asked.terms_days != today.terms_days:
        en = f"{en}; terms today {today.terms_days} days; asked {asked.terms_days} days"
        zh = f"{zh}；现有账期 {today.terms_days} 天；申请 {asked.terms_days} 天"
    return Text(en=f"{en}: {change.because}", zh=f"{zh}：{change.because}")


def gives_less(application: Application, decision: Decision, assessment: Assessment) -> tuple[Text, ...]:
    """Return in what an approval gives less than the customer has, although that was not asked for.

    Who asks for a lower limit accepts what follows from it. Who asks for shorter terms alone is to keep the limit.

    Args:
        application: of the request.
        decision: that approves it.
        assessment: that was decided on.
    """
    change, asked = application.change, application.requested
    if change is None or decision.limit is None:
        return ()
    if decision.currency != change.today.currency:
        return (Text(en=f"in {decision.currency}", zh=f"币种为 {decision.currency}"),)
    if asked.limit < change.today.limit:
        return ()
    gives = change.today.model_copy(
        update={
            "limit": decision.limit,
            "terms_days": decision.terms_days or 0,
            "open_limit": open_limit(decision, assessment),
        }
    )
    return tuple(_less(gives, change.today, asked))


def _less(gives: Granted, today: Granted, asked: Requested) -> Iterator[Text]:
    if gives.limit < today.limit:
        yield Text(
            en=f"a limit of {gives.limit:,.2f} {gives.currency} instead of {today.limit:,.2f}",
            zh=f"额度由 {today.limit:,.2f} 降为 {gives.limit:,.2f} {gives.currency}",
        )
    if gives.terms_days < min(today.terms_days, asked.terms_days):
        yield Text(
            en=f"terms of {gives.terms_days} days instead of {today.terms_days}",
            zh=f"账期由 {today.terms_days} 天缩短为 {gives.terms_days} 天",
        )
    if gives.open_limit < min(today.open_limit, today.limit):
        yield Text(
            en=f"{gives.open_limit:,.2f} {gives.currency} without security instead of {today.open_limit:,.2f}",
            zh=f"无担保额度由 {today.open_limit:,.2f} 降为 {gives.open_limit:,.2f} {gives.currency}",
        )


def leaves_as_it_was(case: Case, assessment: Assessment) -> bool:
    """True where a decided request for another limit leaves the customer what it has."""
    decision = case.decision
    if decision is None or decision.limit is None:
        return True
    return case.application.change is None or bool(gives_less(case.application, decision, assessment))


def brings_review_forward(case: Case, assessment: Assessment) -> bool:
    """True where people are to look at the customer at once: something knocks it out, or it would get less today."""
    decision = case.decision
    if decision is None:
        return False
    if decision.limit is None:
        return decision.decided_by == "knock_out"
    return leaves_as_it_was(case, assessment)


def result_words(case: Case, assessment: Assessment | None) -> tuple[Text, ...]:
    """Return what a request for another limit came to; before its decision, what an approval would not do.

    Args:
        case: of any kind; of others nothing is returned.
        assessment: of its round; None while there is none.
    """
    if case.kind is not CaseKind.LIMIT_CHANGE or case.application.change is None or assessment is None:
        return ()
    decision = case.decision
    if decision is None:
        return tuple(_outlook(case.application, assessment))
    told: list[Text] = []
    if leaves_as_it_was(case, assessment):
        told += _less_words(gives_less(case.application, decision, assessment))
        told.append(Text(en="the customer keeps what it has", zh="客户维持现有额度和账期"))
    else:
        limit = f"{decision.limit:,.2f} {decision.currency}"
        told.append(
            Text(
                en=f"the customer has a limit of {limit} and terms of {decision.terms_days} days",
                zh=f"客户额度为 {limit}，账期 {decision.terms_days} 天",
            )
        )
    if brings_review_forward(case, assessment):
        day = decision.decided_at.date()
        told.append(Text(en=f"its review is due on {day} at the latest", zh=f"复审提前，最迟应于 {day} 进行"))
    return tuple(told)


def _outlook(application: Application, assessment: Assessment) -> Iterator[Text]:
    """Yield, where an approval as recommended would give less than the customer has, in what and what follows."""
    if assessment.route.kind == "knock_out":
        return
    less = gives_less(application, as_recommended(assessment), assessment)
    if less:
        yield from _less_words(less)
        yield Text(
            en="so approved, the customer would keep what it has, and its review would be due at once",
            zh="若按此批准，客户维持现有额度和账期，并须立即复审",
        )


def as_recommended(assessment: Assessment) -> Decision:
    """Return the decision that grants what the assessment recommends."""
    return Decision(
        outcome="kept",
        decided_by="fast_track",
        assessment=assessment.sha256,
        limit=assessment.limit.amount,
        currency=assessment.limit.currency,
        terms_days=assessment.terms.days,
        reason=Text(en="", zh=""),
        decided_at=datetime.combine(assessment.as_of, time(), UTC),
    )


def _less_words(less: tuple[Text, ...]) -> list[Text]:
    if not less:
        return []
    en, zh = "; ".join(text.en for text in less), "；".join(text.zh for text in less)
    return [Text(en=f"less than the customer has: {en}", zh=f"低于客户现有条件：{zh}")]
