"""The versions of the policy, as command line and desk work with them."""

from __future__ import annotations

import json
from pathlib import Path

from admission.errors import BadInput, NotFound
from admission.governance.versions import PolicyVersion, check_mandate, version_named
from admission.model import Text
from admission.people import Person
from admission.policy import Lines, Policy, quorum_problems
from intake.policies import read_policy, shipped_policies
from intake.reading import MAX_BYTES, read_text, read_written
from wiring.house import House

SUFFIXES = {".yaml", ".yml", ".json"}


def propose(house: House, path: Path, person: Person) -> PolicyVersion:
    """Propose the policy of a file.

    Raises:
        NotAllowed: the person may not propose a policy.
        BadInput: the file has a mistake, or asks for votes that the people there are cannot cast.
        Conflict: this version is published or proposed already.
    """
    check_mandate(person, "propose")
    policy = read_policy(path)
    written = read_written(path, anchors=True)
    _check_people(house, written.document, written.lines)
    return house.casebook.policies.propose(policy, read_text(path, MAX_BYTES), person.username)


def publish(house: House, key: str, person: Person) -> PolicyVersion:
    """Publish a proposal, named by its version or sha256; see `PolicyVersions.publish`.

    Raises:
        BadInput: it asks for votes that the people there are cannot cast.
    """
    version = version_named(house.casebook.policies.all(), key)
    _check_people(house, json.loads(version.document), {})
    return house.casebook.policies.publish(version.id, person.username, house.today())


def withdraw(house: House, key: str, person: Person) -> PolicyVersion:
    """Withdraw a proposal, named by its version or sha256; see `PolicyVersions.withdraw`."""
    version = version_named(house.casebook.policies.all(), key)
    return house.casebook.policies.withdraw(version.id, person.username)


def in_force(house: House) -> PolicyVersion | None:
    """Return the version that is in force today; None where the file of the settings is."""
    found = house.casebook.policies.in_force(house.today())
    return None if found is None else house.casebook.policies.get(found)


def any_policy(house: House, key: str) -> Policy:
    """Return the policy that a person means.

    It is a file where it looks like one, else a version or the start of a sha256. A name and a version such as
    `default@2026.1` may also be a file that comes with Gatehouse; a version alone also the file that is in use as long
    as nothing of that version was proposed.

    Raises:
        BadInput: the file has a mistake.
        NotFound: there is no such version.
        GatehouseError: the version is in a format that cannot be read any more.
    """
    path = Path(key)
    if path.suffix.lower() in SUFFIXES:
        return read_policy(path)
    name, _, version = key.rpartition("@")
    known = [item for item in house.casebook.policies.all() if not name or item.name == name]
    try:
        return version_named(known, version).read()
    except NotFound:
        unproposed = shipped_policies() if name else [read_policy(house.settings.policy)]
        for policy in unproposed:
            if policy.version == version and name in ("", policy.name):
                return policy
        raise


def _check_people(house: House, document: object, lines: Lines) -> None:
    """Refuse a policy with a stage that the people of the house cannot fill: its cases would wait for ever."""
    problems = quorum_problems(document, lines, house.casebook.people.all())
    if problems:
        raise BadInput(
            Text(en="Nobody could approve under this policy.", zh="按此准入政策，无人能够审批。"),
            problems=problems,
            remedy=Text(
                en="add the people (gatehouse user add), or ask for others",
                zh="请先添加人员（gatehouse user add），或改由其他人员审批",
            ),
        )
