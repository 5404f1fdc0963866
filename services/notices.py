"""Telling people of votes, answers, limits and what waits for them: by mail, to the house's mailbox, to a webhook.

The outbox holds usernames and references; addresses are looked up when a message is delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from admission.approval.votes import Ballot, Choice, Poll, Vote, check_ballot
from admission.cases import Case, CaseStatus, Customer, OutboxMessage
from admission.customers.standing.limit_changes import LimitChange
from admission.errors import NOTHING, GatehouseError, NotAllowed
from admission.model import Text
from admission.people import Person
from connectors import mailbox, webhook
from wiring.house import House

NOTICE = "notice"
About = Literal["reminder", "escalation", "expiry", "answer", "limit_changed", "limit_ends", "raise_proposed"]
# What tells of a vote that is under way, and nothing any more once it is over.
_OF_A_VOTE: tuple[About, ...] = ("reminder", "escalation", "answer")
_SUBJECTS: dict[str, Text] = {
    "reminder": Text(en="a vote is awaited", zh="等待投票"),
    "escalation": Text(en="a vote is late", zh="投票逾期"),
    "expiry": Text(en="no decision in time", zh="逾期未决"),
    "answer": Text(en="a question was answered", zh="提问已获答复"),
    "limit_changed": Text(en="the limit in force has changed", zh="生效额度已变更"),
    "limit_ends": Text(en="a limit ends soon", zh="额度即将到期"),
    "raise_proposed": Text(en="a raise of a limit is to be confirmed", zh="额度调增待确认"),
}
_BODIES: dict[str, Text] = {
    "reminder": Text(
        en="The vote on {case}, round {round}, has been open for {days} days. Awaited: {awaited}.{opened}",
        zh="{case} 第 {round} 轮投票已开放 {days} 天，等待：{awaited}。{opened}",
    ),
    "escalation": Text(
        en="The vote on {case}, round {round}, has been open for {days} days and is late. Awaited: {awaited}.{opened}",
        zh="{case} 第 {round} 轮投票已开放 {days} 天，已经逾期，等待：{awaited}。{opened}",
    ),
    "expiry": Text(
        en="{case} was closed without approval: round {round} had no decision within {days} days.",
        zh="{case} 已结案，未获批准：第 {round} 轮在 {days} 天内未作出决定。",
    ),
    "answer": Text(
        en="A question asked in the vote on {case}, round {round}, has been answered. The votes that were cast count.",
        zh="{case} 第 {round} 轮投票中的提问已获答复。已提交的审批意见继续有效。",
    ),
    "limit_changed": Text(
        en="Since {day} the limit in force of the customer of {case} is {amount}. The customer's page says why.",
        zh="自 {day} 起，{case} 对应客户的生效额度为 {amount}。原因见客户页面。",
    ),
    "limit_ends": Text(
        en="After {day} the limit in force of the customer of {case} will be {amount}, unless something is done.",
        zh="若不处理，{day} 之后 {case} 对应客户的生效额度为 {amount}。",
    ),
    "raise_proposed": Text(
        en="A raise of the limit of the customer of {case} ({name}) counts once a second person confirms it.",
        zh="{case} 对应客户的额度调增（{name}）经第二人确认后生效。",
    ),
}


# What a message may say besides the case.
_PLACES = ("round", "days", "awaited", "day", "amount", "name")
_OPENED = Text(en=" {name} opened this round.", zh="本轮由 {name} 开启。")
# A code goes to nobody by mail: the desk issues it, to whoever is signed in, for the vote they chose.
_WHERE = Text(
    en="Vote at the desk. To vote in Prefect instead, get a code for your vote there.",
    zh="请在审批台提交审批意见；如需在 Prefect 中提交，请先在审批台获取此意见的一次性代码。",
)


def awaited(house: House, poll: Poll) -> list[Person]:
    """Return the people whose vote is awaited now, by username."""
    votes = house.casebook.voting.votes(poll.case, poll.round)
    acting = {person.username for person in house.casebook.people.all() if person.acts}
    return [person for person in poll.electorate if person.username in acting and _may_vote(poll, votes, person)]


def _may_vote(poll: Poll, votes: Sequence[Vote], person: Person) -> bool:
    try:
        check_ballot(poll, votes, person, poll.assessment, Ballot(choice=Choice.APPROVE))
    except NotAllowed:
        return False
    return True


def notices_of_late_vote(house: House, about: About, poll: Poll, days: int) -> list[dict[str, str]]:
    """Return the messages about a late vote, one for each place it is told at.

    A reminder goes to each awaited person with an address, and to the house's mailbox for those without one; an
    escalation goes to both.
    """
    people = awaited(house, poll)
    told = {"about": about, "round": str(poll.round), "days": str(days)}
    told["awaited"] = ", ".join(person.username for person in people)
    openings = [item for item in house.casebook.rounds.of(poll.case) if item.round == poll.round]
    if openings:
        told["opened_by"] = openings[-1].opened_by
    reached = _with_address(house, [person.username for person in people])
    to_mailbox = about == "escalation" or len(reached) < len(people)
    return [*_to_people(told, reached), *_to_house(house, told, mail=to_mailbox)]


def notices_of_answer(house: House, case: Case) -> list[dict[str, str]]:
    """Return the messages about an answer to a question: to everybody who has voted or asked in the round."""
    voters = [vote.voter for vote in house.casebook.voting.votes(case.reference, case.round)]
    told = {"about": "answer", "round": str(case.round), "days": "", "awaited": ""}
    return [*_to_people(told, _with_address(house, voters)), *_to_house(house, told, mail=False)]


def notices_of_conclusion(house: House, case: Case) -> list[dict[str, str]]:
    """Return the messages about a case that expired: to who asked and who could have voted, and to the house."""
    decision = case.decision
    if decision is None or decision.decided_by != "expiry":
        return []
    poll = house.casebook.voting.poll(case.reference, case.round)
    seated = [person.username for person in poll.electorate] if poll else []
    days = (decision.decided_at - poll.opened_at).days if poll else house.policy_in_force().time_limits.expire_days
    told = {"about": "expiry", "round": str(case.round), "days": str(days), "awaited": ""}
    names = [*([case.requester] if case.requester else []), *seated]
    return [*_to_people(told, _with_address(house, names)), *_to_house(house, told, mail=True)]


def notices_of_limit(house: House, about: str, customer: Customer, day: date, amount: Decimal) -> list[dict[str, str]]:
    """Return the messages about a limit that a date changes: to who asked for the customer, and to the house.

    Args:
        house: the house.
        about: `limit_changed` or `limit_ends`.
        customer: whose limit.
        day: from which it has changed; or the last on which it stays as it is.
        amount: in force from then on.
    """
    told = {"about": about, "day": day.isoformat(), "amount": f"{amount:,.2f} {customer.currency}"}
    requester = house.casebook.cases.get(customer.last_case).requester
    names = [] if requester is None else [requester]
    return [*_to_people(told, _with_address(house, names)), *_to_house(house, told, mail=True)]


def tell_of_raise(house: House, change: LimitChange, reference: str) -> None:
    """Tell those who may confirm a raise that it waits for them, and the house where none can be reached; once.

    Neither who proposed it nor who asked for the customer is told: they may not confirm it.

    Args:
        house: the house.
        change: the raise.
        reference: of the case on which the customer's limit rests.
    """
    mandate = house.policy_in_force().mandates.confirm_limit
    barred = (change.asked_by, house.casebook.cases.get(reference).requester)
    holders = [person.username for person in house.casebook.people.all() if mandate.held_by(person)]
    reached = _with_address(house, [username for username in holders if username not in barred])
    told = {"about": "raise_proposed", "name": change.id}
    notices = [*_to_people(told, reached), *_to_house(house, told, mail=not reached)]
    house.casebook.outbox.put_once(NOTICE, reference, notices, f"raise_proposed:{change.id}")


def _with_address(house: House, usernames: Sequence[str]) -> list[str]:
    """Return those who can be reached by mail, each once."""
    if house.settings.smtp is None or not house.settings.sender:
        return []
    emails = house.casebook.people.emails()
    return [username for username in dict.fromkeys(usernames) if username in emails]


def _to_people(told: dict[str, str], usernames: Sequence[str]) -> list[dict[str, str]]:
    return [{**told, "to": "person", "username": username} for username in usernames]


def _to_house(house: House, told: dict[str, str], *, mail: bool) -> list[dict[str, str]]:
    settings = house.settings
    places = []
    if mail and settings.notice_mail and settings.smtp is not None:
        places.append("mail")
    if settings.notice_webhook is not None:
        places.append("webhook")
    return [{**told, "to": place} for place in places]


def deliver_notice(house: House, message: OutboxMessage) -> None:
    """Deliver one notice to the place it names; one about a vote that is over by now is let go.

    Raises:
        GatehouseError: it was not taken, or the place is not set up any more; it is tried again.
    """
    told, settings = message.payload, house.settings
    if message.case is None or _is_over(house, message.case, told):
        return
    if told["to"] == "webhook" and settings.notice_webhook is not None:
        document = {name: value for name, value in told.items() if name != "to"}
        link = house.settings.case_link(message.case)
        webhook.post(
            settings.notice_webhook.get_secret_value(),
            {"kind": NOTICE, "case": message.case, "link": link, **document},
        )
        return
    address = _address(house, told)
    if settings.smtp is None or not settings.sender or address is None:
        raise GatehouseError(
            Text(en="This place for notices is not set up any more.", zh="该通知渠道已不再配置。"),
            context={"place": told["to"]},
        )
    subject, body = letter(house, message.case, told)
    mailbox.send(settings.smtp.get_secret_value(), sender=settings.sender, to=address, subject=subject, body=body)


def _is_over(house: House, reference: str, told: dict[str, str]) -> bool:
    if told["about"] not in _OF_A_VOTE:
        return False
    case = house.casebook.cases.get(reference)
    return (case.status, str(case.round)) != (CaseStatus.VOTING, told["round"])


def _address(house: House, told: dict[str, str]) -> str | None:
    if told["to"] == "person":
        return house.casebook.people.emails().get(told["username"])
    return house.settings.notice_mail or None if told["to"] == "mail" else None


def letter(house: House, reference: str, told: dict[str, str]) -> tuple[str, str]:
    """Return subject and body in both languages: reference, usernames and a link; nothing of the company."""
    subject, body = _SUBJECTS[told["about"]], _BODIES[told["about"]]
    values = {"case": reference, **{name: told.get(name) or "-" for name in _PLACES}}
    name = told.get("opened_by")
    opened = Text(en=_OPENED.en.format(name=name), zh=_OPENED.zh.format(name=name)) if name else NOTHING
    said = Text(en=body.en.format(**values, opened=opened.en), zh=body.zh.format(**values, opened=opened.zh))
    where = [_WHERE.en, _WHERE.zh] if told["about"] in ("reminder", "escalation") else []
    lines = [said.en, said.zh, *where, house.settings.case_link(reference)]
    return f"{reference}: {subject.en} / {subject.zh}", "\n\n".join(lines) + "\n"
