"""An act on many customers: proposed by one person with the list of those it is for, carried out by a second one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from admission.customers.bulk.selecting import Selection, SelectionKind
from admission.errors import Invalid
from admission.model import Record, Text, left_out

# The list and its figures are of the day of the proposal; after so many days they are looked at anew.
PROPOSAL_DAYS = 7
# Customers of one act; as many as a database takes in a few minutes.
LARGEST_ACT = 20_000

BulkKind = Literal["hold", "cut", "release", "undo"]
BulkState = Literal["proposed", "confirming", "confirmed", "refused"]
OPEN_STATES: tuple[BulkState, ...] = ("proposed", "confirming")
# What gives customers something back.
GIVING: tuple[BulkKind, ...] = ("release", "undo")
KIND_NAMES: dict[BulkKind, Text] = {
    "hold": Text(en="hold", zh="暂停发货"),
    "cut": Text(en="cut of limits", zh="调减额度"),
    "release": Text(en="release of holds", zh="恢复发货"),
    "undo": Text(en="undoing", zh="整体撤销"),
}
STATE_WORDS: dict[BulkState, Text] = {
    "proposed": Text(en="waits for a second person", zh="待第二人复核"),
    "confirming": Text(en="carried out in part; confirm it again to go on", zh="已执行一部分，请再次复核以继续"),
    "confirmed": Text(en="carried out", zh="已执行"),
    "refused": Text(en="refused", zh="已退回"),
}
LAPSED = Text(en="lapsed: propose it anew", zh="已过期，请重新提出")

LeftOut = Literal["ended", "held", "cut", "no_limit", "nothing", "own", "gone"]
LEFT_OUT_WORDS: dict[LeftOut, Text] = {
    "ended": Text(en="no customer any more", zh="已不再是客户"),
    "held": Text(en="on hold already, for as long or longer", zh="已暂停发货，且期限不短于本次"),
    "cut": Text(en="cut to as little or less already", zh="额度已调减至相同或更低"),
    "no_limit": Text(en="has no limit to cut", zh="没有可调减的额度"),
    "nothing": Text(en="nothing to take back, or somebody did meanwhile", zh="没有可撤销的记录，或已由他人撤销"),
    "own": Text(
        en="asked for by one of the two people who sign; somebody else has to release it",
        zh="由两名签署人之一申请，须由其他人员解除",
    ),
    "gone": Text(en="its documents were erased", zh="其资料已删除"),
}


class BulkSums(Record):
    """What an act comes to, as it stood when it was proposed. Amounts are in the house currency.

    Attributes:
        customers: how many it is for.
        left_out: how many of those selected it leaves alone, by why.
        limits, in_force, after: the limits granted, what of them is in force, and what would be.
        without_rate: how many have a limit that no rate brings into the house currency; no sum of limits has them.
        exposure: what customers owe by the ledger, with their open orders and the orders let through.
        exposure_unknown: of how many that is not known; the sum has nothing of them.
        unknown: how many customers would be selected if that were known of them, by kind.
        without: values that no customer has, such as `countries RX`.
    """

    currency: str
    customers: int = 0
    left_out: dict[LeftOut, int] = Field(default_factory=dict)
    limits: Decimal = Decimal(0)
    in_force: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    without_rate: int = 0
    exposure: Decimal = Decimal(0)
    exposure_unknown: int = 0
    unknown: dict[SelectionKind, int] = Field(default_factory=dict)
    without: tuple[tuple[SelectionKind, str], ...] = ()


class BulkAct(Record):
    """An act on many customers.

    Attributes:
        id: such as `M3`; given when it is kept.
        of: the act whose holds it releases, or that it undoes; "" for none.
        share: to what share of the limit granted limits are cut; 0 to below 1.
        until: the last day of a hold or a cut; None until it is taken back.
        reason: why; without names of persons, for it is kept.
        carried: how many of its list were carried out or left alone by now.
        confirmed_by: the second person, by whose word it is carried out.
        because: why it was refused; without names.
    """

    id: str = ""
    kind: BulkKind
    selection: Selection = Selection()
    of: str = left_out("")
    share: Decimal | None = Field(default=None, ge=0, lt=1, exclude_if=lambda value: value is None)
    until: date | None = left_out(None)
    reason: str = Field(min_length=1, max_length=1000)
    sums: BulkSums
    proposed_by: str
    proposed_on: date
    proposed_at: datetime | None = None
    state: BulkState = "proposed"
    carried: int = 0
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
    because: str = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> BulkAct:
        if (self.share is not None) is not (self.kind == "cut"):
            raise Invalid(Text(en="a share for a cut, and for nothing else", zh="仅调减额度须填写比例"))
        if self.until is not None and self.kind in GIVING:
            raise Invalid(Text(en="a last day for holds and cuts alone", zh="仅暂停发货和调减额度可填写截止日"))
        if (self.of and self.kind not in GIVING) or (self.kind == "undo" and not self.of):
            raise Invalid(
                Text(en="another act to undo or release, and for nothing else", zh="仅撤销或恢复时指明原操作")
            )
        if self.selection.empty and not self.of:
            raise Invalid(
                Text(en="at least one country, industry, group, grade, segment or insurer", zh="至少一个条件")
            )
        return self

    @property
    def lapses_after(self) -> date:
        """Return the last day on which it can be confirmed."""
        return self.proposed_on + timedelta(days=PROPOSAL_DAYS)

    def lapsed_on(self, day: date) -> bool:
        """True where nobody confirmed it in time."""
        return self.state == "proposed" and day > self.lapses_after

    def state_words(self, day: date) -> Text:
        """Return how it stands on a day, in words."""
        return LAPSED if self.lapsed_on(day) else STATE_WORDS[self.state]

    @property
    def words(self) -> Text:
        """Return what it does to whom, in words."""
        until = Text(en="", zh="")
        if self.until is not None:
            until = Text(en=f" until {self.until}", zh=f"，至 {self.until}")
        whom = self.selection.words
        to = Text(en=f" of customers by {whom.en}", zh=f"（{whom.zh}）") if whom.en else Text(en="", zh="")
        if self.kind == "hold":
            return Text(en=f"deliveries on hold{until.en}{to.en}", zh=f"暂停发货{until.zh}{to.zh}")
        if self.share is not None:
            share = f"{self.share:%}".replace(".000000", "") if self.share else "0%"
            en = f"limits cut to {share} of what was granted{until.en}{to.en}"
            return Text(en=en, zh=f"额度调减至获批额度的 {share}{until.zh}{to.zh}")
        if self.kind == "undo":
            return Text(en=f"all of {self.of} undone", zh=f"整体撤销 {self.of}")
        placed = Text(en=f" that {self.of} placed", zh=f"{self.of} 的") if self.of else Text(en="", zh="")
        return Text(en=f"release of holds{placed.en}{to.en}", zh=f"解除{placed.zh}暂停发货{to.zh}")


class BulkMember(Record):
    """One customer on the list of an act, as it stood when the act was proposed; amounts in the house currency.

    Attributes:
        place: on the list, from 1: those it is for by exposure, the largest first; then those it leaves alone.
        case: on which the customer's limit rested.
        left_out: why the act leaves it alone; None where it does not.
        ends: the holds and cuts that it ends, such as `H3`.
        limit, in_force, after: the limit granted, what of it was in force and what would be; None without a rate.
        exposure: None where it was not known.
        result: None until it was carried out; `done`, or why it was left alone then.
    """

    place: int = 0
    company_key: str
    legal_name: str
    case: str
    left_out: LeftOut | None = None
    ends: tuple[str, ...] = ()
    limit: Decimal | None
    in_force: Decimal | None
    after: Decimal | None
    exposure: Decimal | None
    result: Literal["done"] | LeftOut | None = None
