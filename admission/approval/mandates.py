"""Mandates: which people may do what to a case, besides voting on it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from pydantic import model_validator

from admission.approval.seats import SEAT_NAMES
from admission.errors import Invalid, NotAllowed
from admission.model import Record, Text, left_out
from admission.people import DEPARTMENTS, Department, Person, Role

# Roles of people who belong to no department's work on a case.
_ASIDE: frozenset[Role] = frozenset({"requester", "auditor", "operator", "policy_owner", "policy_publisher"})


class Act(StrEnum):
    """What a mandate is needed for.

    `record` puts statements and looks at official sites on a case, `confirm` is the second look at them. `edit` is for
    requests that nobody has taken; whoever asked edits their own. `second_ruling` and `second_override` are the second
    signatures. `reopen` sends a decision of the system to people.
    """

    REQUEST = "request"
    TAKE = "take"
    EDIT = "edit"
    RECORD = "record"
    CONFIRM = "confirm"
    RULE = "rule"
    SECOND_RULING = "second_ruling"
    OVERRIDE = "override"
    SECOND_OVERRIDE = "second_override"
    REOPEN = "reopen"
    RECORD_PERFORMANCE = "record_performance"
    LOAD_LIST = "load_list"
    RELEASE_CALL = "release_call"
    RETRY_DELIVERY = "retry_delivery"
    ROTATE_KEYS = "rotate_keys"
    ISSUE_FOR_SERVICE = "issue_for_service"
    ERASE = "erase"
    ACCESS_REPORT = "access_report"
    SETTLE_CONDITION = "settle_condition"
    WAIVE_CONDITION = "waive_condition"
    RECORD_SECURITY = "record_security"
    CONFIRM_SECURITY = "confirm_security"
    RECORD_COVER = "record_cover"
    HOLD = "hold"
    RELEASE = "release"
    CUT_LIMIT = "cut_limit"
    RAISE_LIMIT = "raise_limit"
    CONFIRM_LIMIT = "confirm_limit"
    LIFT_CUT = "lift_cut"
    LOAD_LEDGER = "load_ledger"
    CHECK_ORDER = "check_order"
    RELEASE_ORDER = "release_order"
    IMPORT_BOOK = "import_book"
    CONFIRM_BOOK = "confirm_book"
    LIMIT_GROUP = "limit_group"
    CONFIRM_GROUP = "confirm_group"
    PROPOSE_BULK = "propose_bulk"
    CONFIRM_BULK = "confirm_bulk"


ACT_WORDS: dict[Act, Text] = {
    Act.REQUEST: Text(en="ask for a customer", zh="提交客户准入申请"),
    Act.TAKE: Text(en="take a request that nobody has taken", zh="认领无人认领的申请"),
    Act.EDIT: Text(en="edit a request that nobody has taken", zh="修改无人认领的申请"),
    Act.RECORD: Text(en="put statements and site records on a case", zh="为申请单录入报表和官网查询记录"),
    Act.CONFIRM: Text(en="confirm what somebody else put on a case", zh="复核他人录入的资料"),
    Act.RULE: Text(en="rule on a list entry", zh="裁定名单命中"),
    Act.SECOND_RULING: Text(en="sign a ruling as the second person", zh="作为第二人签署名单裁定"),
    Act.OVERRIDE: Text(en="propose an override", zh="提出例外批准"),
    Act.SECOND_OVERRIDE: Text(en="sign an override as the second person", zh="作为第二人签署例外批准"),
    Act.REOPEN: Text(en="spot-check a decision of the system", zh="抽检系统决定"),
    Act.RECORD_PERFORMANCE: Text(en="record how a debt went", zh="登记欠款表现"),
    Act.LOAD_LIST: Text(en="load a version of a watch list", zh="载入名单版本"),
    Act.RELEASE_CALL: Text(en="release a paid call", zh="解除付费查询"),
    Act.RETRY_DELIVERY: Text(en="send a message again", zh="重新投递消息"),
    Act.ROTATE_KEYS: Text(en="rotate the signing key", zh="轮换签名密钥"),
    Act.ISSUE_FOR_SERVICE: Text(en="make tokens for programs", zh="为程序签发令牌"),
    Act.ERASE: Text(en="erase what is personal in a case", zh="删除申请单中的个人信息"),
    Act.ACCESS_REPORT: Text(en="report what is held about a person", zh="查询并导出某人的个人信息"),
    Act.SETTLE_CONDITION: Text(en="find a condition met", zh="核实条件已落实"),
    Act.WAIVE_CONDITION: Text(en="waive a condition", zh="豁免条件"),
    Act.RECORD_SECURITY: Text(en="record and revoke securities", zh="登记和撤销担保"),
    Act.CONFIRM_SECURITY: Text(en="confirm a security that somebody else recorded", zh="复核他人登记的担保"),
    Act.RECORD_COVER: Text(en="record credit insurance", zh="登记信用保险"),
    Act.HOLD: Text(en="stop deliveries to a customer", zh="暂停向客户发货"),
    Act.RELEASE: Text(en="let deliveries to a customer go on", zh="恢复向客户发货"),
    Act.CUT_LIMIT: Text(en="cut the limit of a customer", zh="调减客户额度"),
    Act.RAISE_LIMIT: Text(en="propose to raise a limit for a time", zh="提出临时调增额度"),
    Act.CONFIRM_LIMIT: Text(en="confirm a raise that somebody else proposed", zh="复核他人提出的临时调增额度"),
    Act.LIFT_CUT: Text(en="lift a cut of a limit", zh="撤销额度调减"),
    Act.LOAD_LEDGER: Text(en="load the customer ledger", zh="载入应收账款台账"),
    Act.CHECK_ORDER: Text(en="check orders of customers", zh="查询客户订单能否放行"),
    Act.RELEASE_ORDER: Text(en="release and refuse blocked orders", zh="放行或拒绝冻结订单"),
    Act.IMPORT_BOOK: Text(en="propose customers that came from elsewhere", zh="提出导入存量客户"),
    Act.CONFIRM_BOOK: Text(
        en="confirm or refuse customers that somebody else proposed", zh="复核或退回他人提出导入的存量客户"
    ),
    Act.LIMIT_GROUP: Text(en="propose the limit of a group", zh="提出集团额度"),
    Act.CONFIRM_GROUP: Text(en="confirm or end the limit of a group", zh="复核或撤销集团额度"),
    Act.PROPOSE_BULK: Text(en="propose an act on many customers", zh="提出批量操作"),
    Act.CONFIRM_BULK: Text(
        en="confirm or refuse an act on many customers that somebody else proposed", zh="复核或退回他人提出的批量操作"
    ),
}


class Mandate(Record):
    """Who may do something: people with one of some roles, or who work in one of some departments."""

    roles: tuple[Role, ...] = ()
    departments: tuple[Department, ...] = ()

    @model_validator(mode="after")
    def _somebody(self) -> Mandate:
        if not self.roles and not self.departments:
            raise Invalid(Text(en="at least one role or department", zh="至少一个角色或部门"))
        return self

    def held_by(self, person: Person) -> bool:
        """True where the person may do it; an auditor never, a requester only by that role."""
        if not person.acts:
            return False
        works_there = person.department in self.departments and not (person.roles and _ASIDE.issuperset(person.roles))
        return works_there or any(role in self.roles for role in person.roles)

    def require(self, person: Person, refused: Text, *, case: str | None = None) -> None:
        """Refuse who may not.

        Args:
            person: who, as they are in the casebook now.
            refused: what the person is told.
            case: reference of the case, for the message; None where it is about none.

        Raises:
            NotAllowed: the person has neither role nor department for it.
        """
        if self.held_by(person):
            return
        who = self.words()
        raise NotAllowed(
            refused,
            context={"username": person.username} | ({"case": case} if case else {}),
            remedy=Text(en=f"who may: {who.en}", zh=f"有权限者：{who.zh}"),
        )

    def words(self) -> Text:
        """Return who may, in words."""
        names = [SEAT_NAMES[name] for name in (*self.roles, *self.departments)]
        return Text(en=" or ".join(name.en for name in names), zh="或".join(name.zh for name in names))


_REVIEWERS: tuple[Department, ...] = ("credit", "finance", "legal")
_DECIDERS: tuple[Role, ...] = ("credit_manager", "controller", "cfo", "president", "risk_manager")


class Mandates(Record):
    """The mandates of a policy, one for each act; a policy names those that differ from these."""

    request: Mandate = left_out(Mandate(roles=("requester",), departments=DEPARTMENTS))
    take: Mandate = left_out(Mandate(roles=("requester",), departments=("credit", "sales")))
    edit: Mandate = left_out(Mandate(departments=("credit",)))
    record: Mandate = left_out(Mandate(departments=_REVIEWERS))
    confirm: Mandate = left_out(Mandate(departments=_REVIEWERS))
    rule: Mandate = left_out(Mandate(roles=("risk_manager",), departments=("credit", "legal")))
    second_ruling: Mandate = left_out(Mandate(roles=_DECIDERS, departments=("legal",)))
    override: Mandate = left_out(Mandate(roles=_DECIDERS, departments=_REVIEWERS))
    second_override: Mandate = left_out(Mandate(roles=_DECIDERS, departments=("management",)))
    reopen: Mandate = left_out(Mandate(roles=_DECIDERS, departments=_REVIEWERS))
    record_performance: Mandate = left_out(Mandate(roles=("risk_manager",), departments=("credit", "finance")))
    load_list: Mandate = left_out(Mandate(roles=("risk_manager", "operator"), departments=("credit", "legal")))
    release_call: Mandate = left_out(Mandate(roles=("operator",), departments=("credit", "finance")))
    retry_delivery: Mandate = left_out(Mandate(roles=("operator",), departments=("credit", "management")))
    rotate_keys: Mandate = left_out(Mandate(roles=("operator",), departments=("management",)))
    issue_for_service: Mandate = left_out(Mandate(roles=("operator",), departments=("management",)))
    erase: Mandate = left_out(Mandate(departments=("legal", "management")))
    access_report: Mandate = left_out(Mandate(departments=("legal", "management")))
    settle_condition: Mandate = left_out(Mandate(departments=_REVIEWERS))
    waive_condition: Mandate = left_out(Mandate(roles=_DECIDERS))
    record_security: Mandate = left_out(Mandate(departments=_REVIEWERS))
    confirm_security: Mandate = left_out(Mandate(departments=_REVIEWERS))
    record_cover: Mandate = left_out(Mandate(roles=_DECIDERS, departments=("credit", "finance")))
    hold: Mandate = left_out(Mandate(roles=("risk_manager",), departments=("credit", "finance", "management")))
    release: Mandate = left_out(Mandate(roles=_DECIDERS))
    cut_limit: Mandate = left_out(Mandate(roles=("risk_manager",), departments=("credit", "finance", "management")))
    raise_limit: Mandate = left_out(Mandate(roles=_DECIDERS, departments=("credit", "finance")))
    confirm_limit: Mandate = left_out(Mandate(roles=_DECIDERS))
    lift_cut: Mandate = left_out(Mandate(roles=_DECIDERS))
    load_ledger: Mandate = left_out(Mandate(roles=("operator",), departments=("credit", "finance")))
    check_order: Mandate = left_out(Mandate(departments=("credit", "finance", "sales")))
    release_order: Mandate = left_out(Mandate(roles=_DECIDERS))
    import_book: Mandate = left_out(Mandate(departments=("credit", "finance")))
    confirm_book: Mandate = left_out(Mandate(roles=_DECIDERS))
    limit_group: Mandate = left_out(Mandate(roles=_DECIDERS, departments=("credit", "finance")))
    confirm_group: Mandate = left_out(Mandate(roles=_DECIDERS))
    propose_bulk: Mandate = left_out(Mandate(roles=_DECIDERS, departments=("credit", "finance", "management")))
    confirm_bulk: Mandate = left_out(Mandate(roles=_DECIDERS))

    def of(self, act: Act) -> Mandate:
        """Return who may do this."""
        found: Mandate = getattr(self, act)
        return found

    def all(self) -> Iterator[tuple[Act, Mandate]]:
        """Yield each act with who may do it."""
        for act in Act:
            yield act, self.of(act)

    def check(self, act: Act, person: Person, *, case: str | None = None) -> None:
        """Refuse who may not.

        Args:
            act: what the person is about to do.
            person: who, as they are in the casebook now.
            case: reference of the case, for the message; None where it is about none.

        Raises:
            NotAllowed: the person has neither role nor department for it.
        """
        words = ACT_WORDS[act]
        refused = Text(en=f"You may not {words.en}.", zh=f"您无权{words.zh}。")
        self.of(act).require(person, refused, case=case)
