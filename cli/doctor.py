"""Telling what works, what is missing, and how to mend it."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import NamedTuple

import click

from admission.errors import GatehouseError
from cli.output import json_option, print_json, print_table
from cli.up import prefect_url
from wiring import House, build_house


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
    checks = list(_checks(build_house()))
    if as_json:
        print_json([check._asdict() for check in checks], many=True)
    else:
        columns = {"what": "what", "state": "state", "detail": "", "remedy": "to mend it"}
        print_table([check._asdict() for check in checks], columns, empty="")
    return 1 if any(check.state == "broken" for check in checks) else 0


def _checks(house: House) -> Iterator[Check]:
    yield _try("data folder", lambda: _folder(house), "set GATEHOUSE_DATA to a folder you may write")
    yield _try("casebook", house.casebook.check, "run `gatehouse init`")
    yield _try("signing key", house.casebook.keys.check, "copy the folder keys of the data folder to this machine")
    yield _try("users", lambda: _users(house), "run `gatehouse user add`")
    yield _try("policy", lambda: f"{house.policy.name} {house.policy.version}", "mend the file GATEHOUSE_POLICY names")
    yield _try("rates", lambda: _rates(house), "mend the file GATEHOUSE_RATES names")
    yield _try("Prefect", lambda: _prefect(house), "run `gatehouse up`, or set PREFECT_API_URL to your server")
    for name, connector in house.connectors.items():
        if connector.configured:
            yield Check(name, "ready", f"{connector.card.title.to(house.settings.language)} ({connector.card.access})")
        else:
            hint = connector.setup_hint.to(house.settings.language)
            yield Check(name, "not set up", connector.card.title.to(house.settings.language), hint)


def _try(what: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(what, "ready", look())
    except GatehouseError as error:
        return Check(what, "broken", error.message, error.remedy or remedy)
    except (OSError, ValueError) as error:
        return Check(what, "broken", f"{type(error).__name__}: {error}", remedy)


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


def _rates(house: House) -> str:
    return str(house.settings.rates) if house.rates and house.settings.rates else "none: other currencies stay unknown"


def _prefect(house: House) -> str:
    import os

    url = os.environ.get("PREFECT_API_URL") or f"{prefect_url(house.settings)}/api"
    try:
        # The address is the operator's own setting.
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310
            return f"{url} answers {answer.status}"
    except (urllib.error.URLError, OSError) as error:
        raise GatehouseError(f"{url} does not answer ({type(error).__name__}).") from None
