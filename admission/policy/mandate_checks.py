"""Can the mandates of a policy be held, and does using one leave a stage without people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from pydantic import ValidationError

from admission.approval.mandates import ACT_WORDS, Act, Mandate, Mandates
from admission.model import Text
from admission.people import Person
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake
from admission.policy.quorums import BandSeats, bands_of, fits_offices

READS_ALONE = Text(en="others than auditors, who read and do nothing", zh="审计员以外的角色：审计员只查阅，不办理")
# Whoever does these becomes the requester, and so has no vote.
BARS_FROM_VOTING = (Act.EDIT, Act.TAKE)
# The second must be another person than the first.
TWO_PEOPLE = (
    (Act.RECORD, Act.CONFIRM),
    (Act.RULE, Act.SECOND_RULING),
    (Act.OVERRIDE, Act.SECOND_OVERRIDE),
)


def mandate_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the mandates whose use leaves seats unfillable, by the offices of `approval.holders` alone."""
    mandates = _mandates(draft)
    holders = draft.holders
    if mandates is None or not holders:
        return
    for act in BARS_FROM_VOTING:
        mandate = mandates.of(act)
        # One office without number, or a department, can do it and leave every seat filled.
        if mandate.departments or any(role not in holders for role in mandate.roles):
            continue
        for band in bands_of(draft):
            without = [{**holders, role: holders[role] - 1} for role in mandate.roles]
            fits = fits_offices(holders, band.asked())
            if fits and not any(fits_offices(left, band.asked()) for left in without):
                yield _unfillable(act, mandate, band)


def mandate_cautions(draft: Draft, people: Sequence[Person]) -> Iterator[Mistake]:
    """Yield the mandates that none of these people holds, that take two and have one, or whose use empties a seat.

    Args:
        draft: the policy.
        people: those who can sign in.
    """
    mandates = _mandates(draft)
    if mandates is None:
        return
    active = [person for person in people if person.active and not person.service]
    held = {act: [person for person in active if mandate.held_by(person)] for act, mandate in mandates.all()}
    for act, holders in held.items():
        if not holders:
            yield Mistake(("mandates", act.value), "", _somebody(mandates.of(act), act))
    for first, second in TWO_PEOPLE:
        pairs = permutations({person.username for person in (*held[first], *held[second])}, 2)
        names = {act: {person.username for person in held[act]} for act in (first, second)}
        both = names[first] and names[second]
        if both and not any(one in names[first] and other in names[second] for one, other in pairs):
            yield Mistake(("mandates", second.value), "", _another(mandates.of(second), second))
    for act in BARS_FROM_VOTING:
        for band in bands_of(draft):
            left = [[other for other in active if other is not one] for one in held[act]]
            if held[act] and band.filled(active) and not any(band.filled(others) for others in left):
                yield _unfillable(act, mandates.of(act), band)


def idle_mandates(draft: Draft) -> Iterator[Mistake]:
    """Yield mandates of auditors alone, who only read, and of two people where the office has one."""
    mandates, holders = _mandates(draft), draft.holders
    if mandates is None:
        return
    for act, mandate in mandates.all():
        if not mandate.departments and set(mandate.roles) <= {"auditor"}:
            yield Mistake(("mandates", act.value), "auditor", READS_ALONE)
    for first, second in TWO_PEOPLE:
        one, other = mandates.of(first), mandates.of(second)
        offices = {*one.roles, *other.roles}
        if not one.departments and not other.departments and len(offices) == 1:
            (office,) = offices
            if holders.get(office) == 1:
                yield Mistake(("mandates", second.value), office, _another(other, second))


def _mandates(draft: Draft) -> Mandates | None:
    """Return the mandates as they were written; None where they cannot be read, which is a mistake of its own."""
    try:
        return Mandates.model_validate(draft.raw.get("mandates") or {})
    except ValidationError:
        return None


def _unfillable(act: Act, mandate: Mandate, band: BandSeats) -> Mistake:
    words, who, seats = ACT_WORDS[act], mandate.words(), band.words()
    expected = Text(
        en=f"others as well: who may {words.en} ({who.en}) has no vote then, and these seats stay empty: {seats.en}",
        zh=f"须另有人员：{words.zh}的人（{who.zh}）随即失去审批权，以下席位无人可任：{seats.zh}",
    )
    return Mistake(("mandates", act.value), "", expected)


def _somebody(mandate: Mandate, act: Act) -> Text:
    words, who = ACT_WORDS[act], mandate.words()
    return Text(en=f"people who may {words.en}: {who.en}", zh=f"须有人可以{words.zh}：{who.zh}")


def _another(mandate: Mandate, act: Act) -> Text:
    words, who = ACT_WORDS[act], mandate.words()
    return Text(
        en=f"a second person who may {words.en}: {who.en}; the first may not do both",
        zh=f"须另有一人可以{words.zh}：{who.zh}；第一人不得兼任",
    )
