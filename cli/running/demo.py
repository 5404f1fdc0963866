"""The demo: the whole house on this machine, with invented companies and people of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import time
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click
import yaml

from admission.approval.votes import Ballot, Choice
from admission.cases import Case, CaseStatus
from admission.errors import GatehouseError, NotAllowed
from admission.memo.labels import STATUSES, said
from admission.model import Text
from admission.people import Person
from casebook.credentials import Credential
from cli.cases import case_row, print_cases
from cli.following import SETTLED
from cli.helping import command, option
from cli.language import to_reader
from cli.output import complain, progress, say
from cli.running.demo_customers import (
    bring_in,
    let_orders_through,
    meet_a_condition,
    orders_as_expected,
    raise_for_a_time,
)
from cli.running.supervisor import Supervisor, free_port, until_stopped
from cli.running.up import addresses, environment, running_since, start, stay, stop
from cli.running.waking import deliver_now
from intake.applications import read_applications
from services.opening import Asked, open_case
from services.papers import Papers, confirm, unconfirmed
from wiring import House, Settings
from wiring.data_folder import close_to_others

STORY_SECONDS = 150.0
PEOPLE = (
    Person(username="analyst", name="Ana Lyst", department="credit", roles=("analyst",)),
    Person(username="credit", name="Cred Itt", department="credit"),
    Person(username="finance", name="Fina Nance", department="finance"),
    Person(username="legal", name="Leah Gall", department="legal"),
    Person(username="sales", name="Sal Ess", department="sales"),
    Person(username="manager", name="Max Manage", department="credit", roles=("credit_manager",)),
    Person(username="controller", name="Con Troller", department="finance", roles=("controller",)),
    Person(username="cfo", name="Cleo Fo", department="finance", roles=("cfo",)),
    Person(username="president", name="Pres Ident", department="management", roles=("president", "committee")),
    Person(username="committee1", name="Comma Tee", department="management", roles=("committee",)),
    Person(username="committee2", name="Komi Ti", department="management", roles=("committee",), language="zh"),
)


@command(
    zh="""启动全部服务和虚构来源的沙盒，受理示例申请，直到按 Ctrl-C 结束。

    示例：gatehouse demo；gatehouse demo --once
    """
)
@option(
    "--once",
    is_flag=True,
    help=Text(
        en="Need no person: cast the sample votes, wait for every end, and stop.",
        zh="无须人工：提交示例审批意见，等全部办结后停止。",
    ),
)
@option(
    "--data",
    type=click.Path(path_type=Path),
    help=Text(en="Folder of the demo; made anew at each start.", zh="演示的文件夹；每次启动时重建。"),
)
def demo(once: bool, data: Path | None) -> int:
    """Start everything with a sandbox of invented sources, onboard the sample applicants, and stay until Ctrl-C.

    Examples: gatehouse demo; gatehouse demo --once
    """
    folder = (data or (Path(tempfile.mkdtemp(prefix="gatehouse-demo-")) if once else Path(".demo"))).resolve()
    settings = demo_settings(folder)
    running = running_since(settings)
    if running is not None:
        desk, prefect = running["desk"], running["prefect"]
        progress(
            Text(
                en=f"a demo is running already: desk {desk}, Prefect {prefect}",
                zh=f"演示已在运行：审批台 {desk}，Prefect {prefect}",
            )
        )
        return 0
    _clear(folder)
    close_to_others(folder)
    seen = environment(settings)
    # The client of this process must find the same server as the worker.
    os.environ.update(seen)
    supervisor = Supervisor(folder / "logs", seen)
    ended = 130
    with until_stopped():
        try:
            ended = _run(supervisor, settings, once=once)
        finally:
            stop(supervisor, settings)
            if once and data is None and ended == 0:
                shutil.rmtree(folder)
    return 0 if ended == 130 and not once else ended


def demo_settings(folder: Path) -> Settings:
    """Return the demo's settings, and set what its sources ask for; ports that are taken give way to free ones."""
    for name, value in (
        ("UK_COMPANIES_HOUSE_KEY", "sandbox"),
        ("CREDITSAFE_USERNAME", "sandbox"),
        ("CREDITSAFE_PASSWORD", "sandbox"),
        ("CREDITSAFE_PAYMENT_FIELDS", "paymentData.dbt"),
        ("RATES", str(packaged("rates.csv"))),
    ):
        os.environ[f"GATEHOUSE_{name}"] = value
    settings = Settings(data=folder, contact="Gatehouse demo, demo@localhost", database_url=None)
    ports = {"prefect_port": free_port(settings.prefect_port), "desk_port": free_port(settings.desk_port)}
    return settings.model_copy(update={**ports, "sandbox_url": f"http://127.0.0.1:{free_port(4300)}"})


def packaged(name: str) -> Path:
    """Return a file of the sandbox."""
    with as_file(files("sandbox").joinpath(name)) as path:
        return path


def _clear(folder: Path) -> None:
    """Empty the folder of an earlier demo; never one that holds a real casebook."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    book = House(Settings(data=folder, database_url=None)).casebook
    if not (folder / "casebook.sqlite").is_file() or not book.demo:
        raise NotAllowed(
            Text(
                en=f"The folder {folder.name} holds something other than a demo.",
                zh=f"文件夹 {folder.name} 中不是演示数据。",
            ),
            remedy=Text(en="give the demo a folder of its own", zh="请为演示指定单独的文件夹"),
        )
    book.close()
    shutil.rmtree(folder)


def _run(supervisor: Supervisor, settings: Settings, *, once: bool) -> int:
    began = time.monotonic()
    port = (settings.sandbox_url or "").rpartition(":")[2]
    supervisor.start("sandbox", [sys.executable, "-m", "sandbox", "--port", port])
    start(supervisor, settings, demo=True)
    house = House(settings)
    passwords = _add_people(house)
    stories = _onboard(house)
    _wait(house, supervisor, list(stories.values()), SETTLED)
    if once:
        _vote_all(house, stories)
        _wait(house, supervisor, list(stories.values()), (CaseStatus.CONCLUDED,))
        met = meet_a_condition(house, list(stories.values()))
    # Once the stories stand: what a ledger tells of companies would be asked about them too.
    bring_in(house)
    orders = let_orders_through(house, secrets.token_urlsafe(24))
    returns = raise_for_a_time(house)
    rows = [case_row(house, house.casebook.cases.get(reference)) for reference in stories.values()]
    print_cases(rows)
    click.echo()
    say(addresses(settings))
    if once:
        seconds = f"{time.monotonic() - began:.0f}"
        progress(Text(en=f"{seconds} s from start to the last decision", zh=f"从启动到最后一个决定共 {seconds} 秒"))
        if not (met and returns and orders_as_expected(orders)):
            complain(
                Text(
                    en="a customer's condition, order or limit ended otherwise",
                    zh="客户的条件、订单或额度结果不符合预期",
                )
            )
            return 1
        return _judge(house, stories)
    click.echo()
    say(Text(en="sign in as (user / password):", zh="登录用户（用户名 / 密码）："))
    for person in PEOPLE:
        roles = ", ".join((person.department, *person.roles))
        click.echo(f"  {person.username:<11} {passwords[person.username]}  {roles}")
    click.echo()
    export = f"export GATEHOUSE_DATA={settings.folder}"
    say(
        Text(
            en=f"in another terminal: {export}  (then: gatehouse cases)",
            zh=f"在另一终端：{export}  （然后：gatehouse cases）",
        )
    )
    say(Text(en="Ctrl-C ends everything", zh="按 Ctrl-C 全部结束"))
    stay(supervisor, settings)
    return 0


def _add_people(house: House) -> dict[str, str]:
    passwords = {}
    for person in PEOPLE:
        passwords[person.username] = secrets.token_urlsafe(9)
        house.casebook.people.add(person, passwords[person.username])
    return passwords


def expectations() -> dict[str, dict[str, Any]]:
    """Return what should become of each story."""
    text = files("sandbox").joinpath("expected.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def papers_of(house: House, name: str) -> Papers | None:
    """Return what the applicant of a story hands in with its application; None where it hands in nothing."""
    from sandbox import papers

    handed = papers.papers_of(name, house.today())
    if handed is None:
        return None
    return Papers(statements=((handed.filename, handed.statements),), forms=((handed.form, handed.files),))


def _confirm_papers(house: House, case: Case) -> None:
    """Let a second person confirm what the analyst handed in, as a colleague does before the case is prepared."""
    waiting = [item.id for item in unconfirmed(house, case)]
    if waiting:
        confirm(house, case.reference, waiting, house.casebook.people.get("credit"))


def _onboard(house: House) -> dict[str, str]:
    """Open a case for each story; return the references by story."""
    stories = {}
    for name in expectations():
        (application,) = read_applications(packaged(f"applicants/{name}.yaml")).applications
        asked = Asked("analyst", "cli")
        case = open_case(house, application, asked, papers_of(house, name), wake=False)
        _confirm_papers(house, case)
        house.casebook.cases.request_wake(case.reference)
        stories[name] = case.reference
        why, named = Text(**expectations()[name]["why"]), f"{stories[name]} {application.legal_name}"
        progress(Text(en=f"{named}: {why.en}", zh=f"{named}：{why.zh}"))
    deliver_now(house)
    return stories


def _wait(house: House, supervisor: Supervisor, references: list[str], ends: tuple[CaseStatus, ...]) -> None:
    deadline = time.monotonic() + STORY_SECONDS
    told: dict[str, str] = {}
    while time.monotonic() < deadline:
        supervisor.check()
        cases = [house.casebook.cases.get(reference) for reference in references]
        for case in cases:
            if told.get(case.reference) != case.status:
                told[case.reference] = case.status
                status = said(STATUSES, case.status)
                progress(Text(en=f"{case.reference}: {status.en}", zh=f"{case.reference}：{status.zh}"))
        if all(case.status in (*ends, CaseStatus.CONCLUDED) for case in cases):
            return
        time.sleep(0.3)
    late = [reference for reference in references if told[reference] not in ends]
    names = ", ".join(late)
    raise GatehouseError(
        Text(
            en=f"These cases did not get there in {STORY_SECONDS:g} seconds: {names}.",
            zh=f"下列申请单未在 {STORY_SECONDS:g} 秒内到位：{names}。",
        )
    )


def _vote_all(house: House, stories: dict[str, str]) -> None:
    """Cast the sample votes of every story, stage by stage, until each is decided."""
    for name, reference in stories.items():
        expected = expectations()[name]
        while (case := house.casebook.cases.get(reference)).status is CaseStatus.VOTING:
            _vote_one(house, case, expected)
    deliver_now(house)


def _vote_one(house: House, case: Case, expected: dict[str, Any]) -> None:
    poll = house.casebook.voting.poll(case.reference, case.round)
    voter = next(
        (
            person
            for person in PEOPLE
            if any(waiting.reference == case.reference for waiting, _ in house.casebook.voting.inbox(person))
        ),
        None,
    )
    if poll is None or voter is None:
        raise GatehouseError(
            Text(en="Nobody of the demo may vote on this case.", zh="演示中无人可对此申请单提交审批意见。"),
            context={"case": case.reference},
        )
    approve = expected.get("vote") == "approve"
    why = Text(**expected["why"])
    comment = to_reader(Text(en=f"sample vote: {why.en}", zh=f"示例审批意见：{why.zh}"))
    ballot = Ballot(
        choice=Choice.APPROVE if approve else Choice.DECLINE,
        comment=comment,
        conditions=tuple(expected.get("conditions", ())) if approve else (),
        accepted=dict.fromkeys(poll.to_accept, comment) if approve else {},
    )
    credential = Credential.session(house.casebook.sessions.stand_in(voter.username))
    voting = house.casebook.voting
    voting.cast(case.reference, voter, poll.assessment, ballot, channel="cli", credential=credential)


def _judge(house: House, stories: dict[str, str]) -> int:
    """Compare each story's end with what was expected; 0 only if all ended so."""
    wrong = 0
    for name, reference in stories.items():
        case = house.casebook.cases.get(reference)
        assessment = house.casebook.work.assessment(reference, case.round)
        expected = expectations()[name]
        got = (assessment.route.kind if assessment else None, case.decision.outcome if case.decision else None)
        if got != (expected["route"], expected["outcome"]):
            wrong += 1
            wanted = f"{expected['route']}, {expected['outcome']}"
            complain(
                Text(
                    en=f"{name} ({reference}) ended {got}, expected {wanted}",
                    zh=f"{name}（{reference}）结果为 {got}，应为 {wanted}",
                )
            )
    count, right = len(stories), len(stories) - wrong
    progress(Text(en=f"{right} of {count} stories ended as expected", zh=f"{count} 个案例中 {right} 个符合预期"))
    return 1 if wrong else 0
