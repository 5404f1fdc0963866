"""Telling what works, what is missing, and how to mend it."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from admission.errors import NOTHING, BadInput, GatehouseError
from admission.model import Text
from admission.people import alike
from admission.policy import quorum_problems, single_points
from cli.helping import command
from cli.language import to_reader
from cli.output import json_option, print_json, print_table
from cli.running.checks import Check, State, attempt, report_broken, same
from cli.running.prefect_checks import check_prefect
from intake.policies import written_policy
from services import heads
from services.readiness import KEEPER, LATE, silence_of_keeper
from wiring import House, Settings
from wiring.data_folder import open_to_others
from wiring.settings import PREFIX
from wiring.sources import SOURCES

STATES: dict[State, Text] = {
    "ready": Text(en="ready", zh="正常"),
    "to look at": Text(en="to look at", zh="需关注"),
    "not set up": Text(en="not set up", zh="未配置"),
    "broken": Text(en="broken", zh="异常"),
}
# What is looked at; a source is called by its own name.
SUBJECTS = {
    "settings": Text(en="settings", zh="设置"),
    "data folder": Text(en="data folder", zh="数据文件夹"),
    "access": Text(en="access to it", zh="文件夹权限"),
    "casebook": Text(en="casebook", zh="台账"),
    "signing key": Text(en="signing key", zh="签名密钥"),
    "users": Text(en="users", zh="用户"),
    "approvers": Text(en="approvers", zh="审批人"),
    "accounts": Text(en="accounts", zh="账户"),
    "audit heads": Text(en="audit heads", zh="审计链头"),
    "outbox": Text(en="outbox", zh="待发消息"),
    "paid calls": Text(en="paid calls", zh="付费查询"),
    "policy": Text(en="policy", zh="准入政策"),
    "rates": Text(en="rates", zh="汇率"),
    "industry tables": Text(en="industry tables", zh="行业表"),
    "Prefect": Text(en="Prefect", zh="Prefect"),
    "Prefect password": Text(en="Prefect password", zh="Prefect 密码"),
    "work pool": Text(en="work pool", zh="工作池"),
    "deployments": Text(en="deployments", zh="部署"),
    "sources": Text(en="sources", zh="来源"),
}
# What one needs to ask a source.
ACCESS = {
    "open": Text(en="open", zh="公开"),
    "key": Text(en="key", zh="凭密钥"),
    "contract": Text(en="contract", zh="按合同"),
    "upload": Text(en="upload", zh="人工提交"),
}
COLUMNS = {
    "what": Text(en="what", zh="项目"),
    "state": Text(en="state", zh="状态"),
    "detail": None,
    "remedy": Text(en="to mend it", zh="处理办法"),
}
# Variables that are read outside of the settings: by the command itself, by tests, by CI.
ELSEWHERE = {"GATEHOUSE_DEBUG", "GATEHOUSE_REQUIRE_ALL", "GATEHOUSE_TEST_POSTGRES"}
MEND_POLICY = Text(en="mend the file GATEHOUSE_POLICY names", zh="请更正 GATEHOUSE_POLICY 所指的文件")


@command(
    zh="""检查设置、数据库、Prefect 和每个来源：哪些正常、缺少什么、如何处理。

    必需的项目异常时退出状态为 1；来源未配置不算错误。

    示例：gatehouse doctor
    """
)
@json_option
def doctor(as_json: bool) -> int:
    """Check settings, database, Prefect and each source: what works, what is missing, how to mend it.

    Exit status 1 where something that is needed does not work; a source that is not set up is no error.

    Example: gatehouse doctor
    """
    try:
        settings = Settings()
    except BadInput as error:
        checks = [report_broken("settings", error, NOTHING)]
    else:
        checks = list(_check_all(House(settings)))
    if as_json:
        print_json([_row(check) for check in checks], many=True)
    else:
        print_table([{**_row(check), **_names(check)} for check in checks], COLUMNS, empty=NOTHING)
    return 1 if any(check.state == "broken" for check in checks) else 0


def _row(check: Check) -> dict[str, str]:
    """One check for programs: subject and state are codes, the rest is in the user's language."""
    return {
        "what": check.what,
        "state": check.state,
        "detail": to_reader(check.detail),
        "remedy": to_reader(check.remedy),
    }


def _names(check: Check) -> dict[str, str]:
    what = SUBJECTS.get(check.what)
    return {"what": to_reader(what) if what else check.what, "state": to_reader(STATES[check.state])}


def _check_all(house: House) -> Iterator[Check]:
    yield _check_settings()
    folder = Text(en="set GATEHOUSE_DATA to a folder you may write", zh="请将 GATEHOUSE_DATA 设为可写的文件夹")
    yield attempt("data folder", lambda: _folder(house), folder)
    yield _check_access(house.settings.folder)
    init = Text(en="run `gatehouse init`", zh="请运行 `gatehouse init`")
    casebook = attempt("casebook", lambda: same(house.casebook.check()), init)
    yield casebook
    if casebook.state == "ready":
        yield from _check_within_casebook(house)
    yield attempt("policy", lambda: _policy(house), MEND_POLICY)
    rates = Text(en="mend the file GATEHOUSE_RATES names", zh="请更正 GATEHOUSE_RATES 所指的文件")
    yield attempt("rates", lambda: _rates(house), rates)
    tables = Text(
        en="mend the file GATEHOUSE_INDUSTRY_BENCHMARKS or GATEHOUSE_INDUSTRY_RISK names",
        zh="请更正 GATEHOUSE_INDUSTRY_BENCHMARKS 或 GATEHOUSE_INDUSTRY_RISK 所指的文件",
    )
    yield attempt("industry tables", lambda: _industry(house), tables)
    yield from check_prefect(house.settings)
    yield from _check_sources(house)


def _check_within_casebook(house: House) -> Iterator[Check]:
    key = Text(en="copy the folder keys of the data folder to this machine", zh="请将数据文件夹中的 keys 复制到本机")
    yield attempt("signing key", lambda: same(house.casebook.keys.check()), key)
    yield _check_heads(house)
    add = Text(en="run `gatehouse user add`", zh="请运行 `gatehouse user add`")
    yield attempt("users", lambda: _users(house), add)
    yield _check_approvers(house)
    yield _check_accounts(house)
    retry = Text(
        en="mend what the error says, then `gatehouse outbox --retry ID`",
        zh="请先按错误提示处理，再运行 `gatehouse outbox --retry 编号`",
    )
    yield attempt("outbox", lambda: _outbox(house), retry)
    yield _check_keeper(house)
    calls = Text(en="run `gatehouse calls`", zh="请运行 `gatehouse calls`")
    yield attempt("paid calls", lambda: _calls(house), calls)


def _check_keeper(house: House) -> Check:
    """House-keeping wakes what stands still, reminds of votes and delivers what could not be delivered at once."""
    silence = silence_of_keeper(house)
    if silence is None:
        never = Text(en="has not run on this casebook yet", zh="尚未在本台账上运行")
        return Check(KEEPER, "not set up", never, Text(en="start `gatehouse up`", zh="请启动 `gatehouse up`"))
    seconds = max(0, round(silence.total_seconds()))
    told = Text(en=f"last sign of life {seconds} s ago", zh=f"最近一次运行迹象在 {seconds} 秒前")
    if silence <= LATE:
        return Check(KEEPER, "ready", told)
    remedy = Text(
        en="start `gatehouse up`, or a worker on a server of your own; see its schedule in Prefect",
        zh="请启动 `gatehouse up`，自有服务器请启动工作进程；并在 Prefect 中检查其定时计划",
    )
    return Check(KEEPER, "to look at", told, remedy)


def _policy(house: House) -> Text:
    policy = house.policy_in_force()
    title = f"{policy.name} {policy.version}"
    if house.casebook.created and house.casebook.policies.in_force(house.today()):
        return Text(en=f"{title}, published", zh=f"{title}，已发布")
    return Text(en=f"{title}, of the file: no version is published", zh=f"{title}，来自文件：尚未发布任何版本")


def _check_settings() -> Check:
    """Look for variables that nothing reads: a misspelt setting would silently be the default."""
    names = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields} | ELSEWHERE
    sources = tuple(f"{PREFIX}{source.upper()}_" for source in SOURCES)
    given = sorted(name.upper() for name in os.environ if name.upper().startswith(PREFIX))
    strays = [name for name in given if name not in names and not name.startswith(sources)]
    if strays:
        listed = ", ".join(strays)
        nothing = Text(en=f"nothing reads {listed}", zh=f"没有程序读取 {listed}")
        nearest = [hit for stray in strays for hit in difflib.get_close_matches(stray, sorted(names), 1)]
        return Check("settings", "to look at", nothing, _unset(nearest))
    return Check("settings", "ready", same(", ".join(given)) if given else Text(en="all by default", zh="全部为默认值"))


def _unset(nearest: list[str]) -> Text:
    if not nearest:
        return Text(en="unset them", zh="请取消设置")
    names = ", ".join(nearest)
    return Text(en=f"unset them; did you mean {names}?", zh=f"请取消设置；是否应为 {names}？")


def _check_sources(house: House) -> Iterator[Check]:
    try:
        connectors = house.connectors
    except GatehouseError as error:
        yield report_broken("sources", error, NOTHING)
        return
    for name, connector in connectors.items():
        title, access = connector.card.title, ACCESS[connector.card.access]
        if connector.configured:
            yield Check(name, "ready", Text(en=f"{title.en} ({access.en})", zh=f"{title.zh}（{access.zh}）"))
        else:
            yield Check(name, "not set up", title, connector.setup_hint)


def _folder(house: House) -> Text:
    folder = house.settings.folder
    if not folder.is_dir():
        raise GatehouseError(
            Text(en=f"There is no folder {folder}.", zh=f"没有文件夹 {folder}。"),
            remedy=Text(en="run `gatehouse init`", zh="请运行 `gatehouse init`"),
        )
    free = shutil.disk_usage(folder).free / 1e9
    return Text(en=f"{folder}, {free:.0f} GB free", zh=f"{folder}，可用空间 {free:.0f} GB")


def _check_access(folder: Path) -> Check:
    """Others of this machine should have no rights on what the house keeps."""
    if not folder.is_dir():
        return Check("access", "not set up", Text(en="there is no folder yet", zh="文件夹尚不存在"))
    open_parts = open_to_others(folder)
    if not open_parts:
        return Check("access", "ready", Text(en="its owner alone", zh="仅限所有者"))
    shown = ", ".join(str(path.relative_to(folder.parent)) for path in open_parts[:3])
    detail = Text(
        en=f"other accounts of this machine have rights on {len(open_parts)} of its parts: {shown}",
        zh=f"本机其他账户对其中 {len(open_parts)} 项有权限：{shown}",
    )
    remedy = Text(
        en=f"run `gatehouse init`, which closes them; where they are somebody else's: chmod -R go= {folder}",
        zh=f"运行 `gatehouse init` 即可收回权限；如属他人所有，请执行 chmod -R go= {folder}",
    )
    return Check("access", "to look at", detail, remedy)


def _check_heads(house: House) -> Check:
    """A head that stays beside the casebook proves nothing against whoever owns both."""
    why = heads.why_not_outside(house)
    if why is not None:
        remedy = Text(
            en="choose a place elsewhere: gatehouse init --heads file:FOLDER, mail:ADDRESS or webhook:URL",
            zh="请选择他处：gatehouse init --heads file:文件夹、mail:邮箱 或 webhook:网址",
        )
        return Check("audit heads", "to look at", why, remedy)
    return Check("audit heads", "ready", same(", ".join(sorted(heads.places(house)))))


def _users(house: House) -> Text:
    count = sum(person.active for person in house.casebook.people.all())
    if not count:
        raise GatehouseError(Text(en="There are no users yet.", zh="尚无用户。"))
    return Text(en=f"{count} active", zh=f"启用 {count} 人")


def _calls(house: House) -> Text:
    doubtful = len(house.casebook.evidence.calls_in_doubt())
    if doubtful:
        raise GatehouseError(
            Text(
                en=f"{doubtful} of unknown end: the same questions are not asked again.",
                zh=f"{doubtful} 笔结果不明：同一内容不会再次查询。",
            )
        )
    return Text(en="none in doubt", zh="没有结果不明的查询")


def _check_accounts(house: House) -> Check:
    """One person with two accounts could ask with one and approve with the other."""
    people = house.casebook.people
    found = [", ".join(one.username for one in same) for same in alike(people.all(), people.emails())]
    if not found:
        return Check(
            "accounts", "ready", Text(en="no two have the same name or address", zh="没有姓名或邮箱相同的账户")
        )
    listed = "; ".join(found)
    return Check(
        "accounts",
        "to look at",
        Text(en=f"the same name or address: {listed}", zh=f"姓名或邮箱相同：{listed}"),
        Text(
            en="where two are one person, deactivate one: gatehouse user deactivate",
            zh="若为同一人，请停用其一：gatehouse user deactivate",
        ),
    )


def _check_approvers(house: House) -> Check:
    """Every stage of every approval matrix should be within reach of the people there are."""
    try:
        written = written_policy(house.settings.policy)
    except GatehouseError as error:
        return report_broken("approvers", error, MEND_POLICY)
    people = house.casebook.people.all()
    empty = quorum_problems(written.document, written.lines, people)
    if empty:
        problems = Text(
            en="; ".join(problem.to("en") for problem in empty), zh="；".join(problem.to("zh") for problem in empty)
        )
        remedy = Text(
            en="run `gatehouse user add` for the seats that nobody can fill",
            zh="请用 `gatehouse user add` 为无人可担任的席位添加用户",
        )
        return Check("approvers", "not set up", problems, remedy)
    alone: dict[Text, set[str]] = {}
    for caution in single_points(written.document, written.lines, people):
        alone.setdefault(caution.expected, set()).update((caution.value or caution.field).split(", "))
    wanting = [(", ".join(sorted(names)), expected) for expected, names in alone.items()]
    detail = Text(
        en="; ".join(["every stage can be filled", *(f"{names} need {expected.en}" for names, expected in wanting)]),
        zh="；".join(["每个环节均有人可审批", *(f"{names} 需要{expected.zh}" for names, expected in wanting)]),
    )
    return Check("approvers", "ready", detail)


def _outbox(house: House) -> Text:
    given_up = house.casebook.outbox.dead()
    if given_up:
        count = len(given_up)
        told = ", ".join(f"{message.case} ({message.last_error})" for message in given_up[:5])
        raise GatehouseError(
            Text(
                en=f"{count} message(s) could not be delivered and are given up: {told}.",
                zh=f"{count} 条消息未能送达，已放弃：{told}。",
            )
        )
    pending = house.casebook.outbox.pending()
    return Text(en=f"{pending} to deliver", zh=f"待发送 {pending} 条")


def _rates(house: House) -> Text:
    if house.rates and house.settings.rates:
        return same(str(house.settings.rates))
    return Text(en="none: other currencies stay unknown", zh="无：其他币种金额视为未知")


def _industry(house: House) -> Text:
    tables = house.industry
    if not tables.benchmarks and not tables.risks:
        return Text(en="none: benchmarks and risk of industries stay unknown", zh="无：行业基准和行业风险视为未知")
    benchmarks, risks = len(tables.benchmarks), len(tables.risks)
    return Text(
        en=f"{benchmarks} benchmark(s), {risks} level(s) of risk", zh=f"行业基准 {benchmarks} 条，风险等级 {risks} 条"
    )
