"""Telling what works, what is missing, and how to mend it."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Callable, Iterator
from typing import NamedTuple

import click

from admission.errors import BadInput, GatehouseError
from admission.model import Language, Text
from admission.policy import quorum_problems, single_points
from cli.output import json_option, print_json, print_table
from cli.running.waking import prefect_api, see_prefect
from intake.policies import written_policy
from wiring import House, Settings
from wiring.settings import PREFIX
from wiring.sources import SOURCES

COLUMNS = {
    "what": Text(en="what", zh="项目"),
    "state": Text(en="state", zh="状态"),
    "detail": None,
    "remedy": Text(en="to mend it", zh="处理办法"),
}
# Variables that are read outside of the settings: by the command itself, by tests, by CI.
ELSEWHERE = {"GATEHOUSE_DEBUG", "GATEHOUSE_REQUIRE_ALL", "GATEHOUSE_TEST_POSTGRES"}


class Check(NamedTuple):
    """What was looked at, how it stands, and what to do."""

    what: str
    state: str
    detail: str
    remedy: str = ""


@click.command()
@json_option
def doctor(as_json: bool) -> int:
    """Check settings, database, Prefect and each source: what works, what is missing, how to mend it.

    Exit status 1 where something that is needed does not work; a source that is not set up is no error.

    Example: gatehouse doctor
    """
    language: Language = "en"
    try:
        settings = Settings()
    except BadInput as error:
        checks = [_broken("settings", error, "")]
    else:
        language = settings.language
        checks = list(_checks(House(settings)))
    documents = [check._asdict() for check in checks]
    if as_json:
        print_json(documents, many=True)
    else:
        print_table(documents, COLUMNS, language, empty=Text(en="", zh=""))
    return 1 if any(check.state == "broken" for check in checks) else 0


def _checks(house: House) -> Iterator[Check]:
    yield _settings()
    yield _try("data folder", lambda: _folder(house), "set GATEHOUSE_DATA to a folder you may write")
    casebook = _try("casebook", house.casebook.check, "run `gatehouse init`")
    yield casebook
    if casebook.state == "ready":
        yield _try("signing key", house.casebook.keys.check, "copy the folder keys of the data folder to this machine")
        yield _try("users", lambda: _users(house), "run `gatehouse user add`")
        yield _approvers(house)
        yield _try("outbox", lambda: _outbox(house), "mend what the error says, then `gatehouse outbox --retry ID`")
        yield _try("paid calls", lambda: _calls(house), "run `gatehouse calls`")
    yield _try("policy", lambda: _policy(house), "mend the file GATEHOUSE_POLICY names")
    yield _try("rates", lambda: _rates(house), "mend the file GATEHOUSE_RATES names")
    tables = "mend the file GATEHOUSE_INDUSTRY_BENCHMARKS or GATEHOUSE_INDUSTRY_RISK names"
    yield _try("industry tables", lambda: _industry(house), tables)
    yield _try("Prefect", lambda: see_prefect(prefect_api(house.settings)), "run `gatehouse up`")
    yield from _sources(house)


def _policy(house: House) -> str:
    policy = house.policy_in_force()
    published = house.casebook.policies.in_force(house.today()) if house.casebook.created else None
    return f"{policy.name} {policy.version}, {'published' if published else 'of the file: no version is published'}"


def _settings() -> Check:
    """Look for variables that nothing reads: a misspelt setting would silently be the default."""
    names = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields} | ELSEWHERE
    sources = tuple(f"{PREFIX}{source.upper()}_" for source in SOURCES)
    given = sorted(name.upper() for name in os.environ if name.upper().startswith(PREFIX))
    strays = [name for name in given if name not in names and not name.startswith(sources)]
    if strays:
        nearest = [hit for stray in strays for hit in difflib.get_close_matches(stray, sorted(names), 1)]
        remedy = f"unset them; did you mean {', '.join(nearest)}?" if nearest else "unset them"
        return Check("settings", "to look at", f"nothing reads {', '.join(strays)}", remedy)
    return Check("settings", "ready", ", ".join(given) or "all by default")


def _sources(house: House) -> Iterator[Check]:
    try:
        connectors = house.connectors
    except GatehouseError as error:
        yield _broken("sources", error, "")
        return
    language = house.settings.language
    for name, connector in connectors.items():
        title = connector.card.title.to(language)
        if connector.configured:
            yield Check(name, "ready", f"{title} ({connector.card.access})")
        else:
            yield Check(name, "not set up", title, connector.setup_hint.to(language))


def _try(what: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(what, "ready", look())
    except GatehouseError as error:
        return _broken(what, error, remedy)
    except (OSError, ValueError) as error:
        return Check(what, "broken", f"{type(error).__name__}: {error}", remedy)


def _broken(what: str, error: GatehouseError, remedy: str) -> Check:
    problems = error.problems if isinstance(error, BadInput) else ()
    return Check(what, "broken", " ".join([error.message.en, *map(str, problems)]), error.remedy.en or remedy)


def _folder(house: House) -> str:
    folder = house.settings.folder
    if not folder.is_dir():
        raise GatehouseError(f"There is no folder {folder}.", remedy="run `gatehouse init`")
    free = shutil.disk_usage(folder).free / 1e9
    return f"{folder}, {free:.0f} GB free"


def _users(house: House) -> str:
    count = sum(person.active for person in house.casebook.people.all())
    if not count:
        raise GatehouseError("There are no users yet.")
    return f"{count} active"


def _calls(house: House) -> str:
    doubtful = len(house.casebook.evidence.calls_in_doubt())
    if doubtful:
        raise GatehouseError(f"{doubtful} of unknown end: the same questions are not asked again.")
    return "none in doubt"


def _approvers(house: House) -> Check:
    """Every stage of every approval matrix should be within reach of the people there are."""
    try:
        written = written_policy(house.settings.policy)
    except GatehouseError as error:
        return _broken("approvers", error, "mend the file GATEHOUSE_POLICY names")
    people = house.casebook.people.all()
    empty = quorum_problems(written.document, written.lines, people)
    if empty:
        remedy = "run `gatehouse user add` for the seats that nobody can fill"
        return Check("approvers", "not set up", "; ".join(map(str, empty)), remedy)
    alone: dict[str, list[str]] = {}
    for caution in single_points(written.document, written.lines, people):
        alone.setdefault(caution.expected.en, []).extend(caution.value.split(", "))
    wanting = [f"{', '.join(sorted(set(values)))} need {expected}" for expected, values in alone.items()]
    return Check("approvers", "ready", "; ".join(["every stage can be filled", *wanting]))


def _outbox(house: House) -> str:
    given_up = house.casebook.outbox.dead()
    if given_up:
        told = ", ".join(f"{message.case} ({message.last_error})" for message in given_up[:5])
        raise GatehouseError(f"{len(given_up)} message(s) could not be delivered and are given up: {told}.")
    return f"{house.casebook.outbox.pending()} to deliver"


def _rates(house: House) -> str:
    return str(house.settings.rates) if house.rates and house.settings.rates else "none: other currencies stay unknown"


def _industry(house: House) -> str:
    tables = house.industry
    if not tables.benchmarks and not tables.risks:
        return "none: benchmarks and risk of industries stay unknown"
    return f"{len(tables.benchmarks)} benchmark(s), {len(tables.risks)} level(s) of risk"
