"""The people of the matrix, a column each, and those besides them whose acts the others meet."""

from __future__ import annotations

from typing import NamedTuple

from admission.model import Text
from admission.people import Person
from tests.desk.conftest import both

NOBODY = ""


class Column(NamedTuple):
    """One column: who tries.

    Attributes:
        key: a short name for the head of a table.
        username: of the person; empty where nobody is signed in.
        token: whether the person acts by an API token.
        who: what the legend says.
    """

    key: str
    username: str
    who: Text
    token: bool = False


PEOPLE = (
    Person(username="ada", name="Ada Brandt", department="sales"),
    Person(username="sam", name="Sam Sorel", department="sales"),
    Person(username="otto", name="Otto Lind", department="credit", roles=("analyst",)),
    Person(username="feng", name="Feng Jing", department="finance", roles=("approver",)),
    Person(username="cleo", name="Cleo Abt", department="credit", roles=("approver",)),
    Person(username="mira", name="Mira Novak", department="credit", roles=("credit_manager",)),
    Person(username="cosmo", name="Cosmo Vale", department="management", roles=("committee",)),
    Person(username="rita", name="Rita Holm", department="credit", roles=("risk_manager",)),
    Person(username="owen", name="Owen Park", department="credit", roles=("policy_owner",)),
    Person(username="paula", name="Paula Wirth", department="finance", roles=("policy_publisher",)),
    Person(username="audrey", name="Audrey Stone", department="credit", roles=("auditor",)),
    Person(username="olga", name="Olga Reyes", department="finance", roles=("operator",)),
    Person(username="erp", name="ERP", department="credit", service=True),
    # No columns: what they did is what others meet.
    Person(username="lena", name="Lena Ortiz", department="legal", roles=("approver",)),
    Person(username="otis", name="Otis Grau", department="legal", roles=("policy_owner",)),
    Person(
        username="boss",
        name="Bo Everyrole",
        department="legal",
        roles=("approver", "credit_manager", "controller", "president", "risk_manager", "committee", "chair"),
    ),
)

COLUMNS = (
    Column("out", NOBODY, both("nobody is signed in", "未登录")),
    Column("req", "ada", both("the requester of the case, of sales", "申请单的发起人（销售部）")),
    Column("sales", "sam", both("somebody of sales without a part in the case", "与申请单无关的销售部人员")),
    Column("anl", "otto", both("an analyst of credit", "信用部分析员")),
    Column("seat", "feng", both("an approver of finance with a seat in the vote", "有审批席位的财务部审批人")),
    Column("appr", "cleo", both("an approver of credit without a seat", "无审批席位的信用部审批人")),
    Column("cm", "mira", both("the credit manager, with a seat in the second stage", "信用经理（第二环节有席位）")),
    Column("com", "cosmo", both("a committee member of management", "管理层评审委员")),
    Column("risk", "rita", both("the risk manager, of credit", "风险经理（信用部）")),
    Column("own", "owen", both("a policy owner, of credit", "政策负责人（信用部）")),
    Column("pub", "paula", both("a policy publisher, of finance", "政策发布人（财务部）")),
    Column("aud", "audrey", both("an auditor, of credit", "审计员（信用部）")),
    Column("ops", "olga", both("an operator, of finance", "运维人员（财务部）")),
    Column("svc", "erp", both("the account of a program, by a token that reads", "程序账户（只读令牌）"), token=True),
    Column(
        "tok", "feng", both("the approver with a seat, by a token that votes", "有席位的审批人（审批令牌）"), token=True
    ),
)
AT_THE_COMMAND_LINE = tuple(column for column in COLUMNS if not column.token)
