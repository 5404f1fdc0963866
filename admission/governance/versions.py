"""Versions of the policy: proposed by one person, published by another, in force from their date; and their shadows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from admission.approval.mandates import Mandate
from admission.assessment.record import Assessment, RouteKind
from admission.errors import BadInput, GatehouseError, NotAllowed, NotFound
from admission.evidence.findings import Verdict
from admission.model import Record, Text
from admission.people import Person
from admission.policy import Policy, Surroundings, load_policy, read_policy_document

VersionState = Literal["proposed", "published", "withdrawn"]
PolicyAct = Literal["propose", "publish", "withdraw", "shadow"]
STATES: dict[VersionState, Text] = {
    "proposed": Text(en="proposed", zh="待发布"),
    "published": Text(en="published", zh="已发布"),
    "withdrawn": Text(en="withdrawn", zh="已撤回"),
}


_OWNERS = Mandate(roles=("risk_manager", "policy_owner"), departments=("management",))
MANDATES: dict[PolicyAct, Mandate] = {
    "propose": _OWNERS,
    "publish": Mandate(roles=("risk_manager", "cfo", "president", "policy_publisher"), departments=("management",)),
    "withdraw": _OWNERS,
    "shadow": _OWNERS,
}


ACTS: dict[PolicyAct, Text] = {
    "propose": Text(en="You may not propose a policy.", zh="您无权提交准入政策。"),
    "publish": Text(en="You may not publish a policy.", zh="您无权发布准入政策。"),
    "withdraw": Text(en="You may not withdraw a policy.", zh="您无权撤回准入政策。"),
    "shadow": Text(en="You may not shadow a policy.", zh="您无权让准入政策影子运行。"),
}


class PolicyVersion(Record):
    """One version of the policy as the casebook keeps it.

    Attributes:
        sha256: fingerprint of the policy's content, under which assessments are pinned to it.
        document: the policy as canonical JSON, in the format of the day it was proposed.
        text: of the file, as it was proposed, comments and all.
    """

    id: int
    name: str
    version: str
    sha256: str
    effective_from: date
    document: str
    text: str
    proposed_by: str
    proposed_at: datetime
    published_by: str | None = None
    published_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None

    @property
    def state(self) -> VersionState:
        """Where it stands."""
        if self.published_by is not None:
            return "published"
        return "proposed" if self.withdrawn_by is None else "withdrawn"

    @property
    def title(self) -> str:
        """Name and version, as people say it."""
        return f"{self.name} {self.version}"

    def read(self) -> Policy:
        """Read the policy, to look at it; `policy` is for working under it.

        Raises:
            GatehouseError: it is in a format that this Gatehouse cannot read any more; its text still can be.
        """
        policy, problems = read_policy_document(json.loads(self.document), {})
        if policy is None:
            show = f"gatehouse policy show {self.sha256[:12]} --text"
            raise GatehouseError(
                Text(
                    en="This version of the policy is in a format that this Gatehouse cannot read any more.",
                    zh="该版本准入政策的格式已不受本版 Gatehouse 支持。",
                ),
                context={"policy": self.title, "sha256": self.sha256[:12], "first": str(problems[0])},
                remedy=Text(
                    en=f"propose it in today's format; its text: {show}", zh=f"按现行格式重新提交；原文见：{show}"
                ),
            )
        return policy

    def policy(self, surroundings: Surroundings | None = None) -> Policy:
        """Return the policy, to work under it.

        Args:
            surroundings: what its sense is checked against before it is published; None once it is.

        Raises:
            GatehouseError: it is in a format that this Gatehouse cannot read any more.
            BadInput: a check that came after its publication finds a mistake in it.
        """
        self.read()
        try:
            # What is in force stays in force: checks of sense are for what is proposed and published.
            return load_policy(json.loads(self.document), surroundings=surroundings)
        except BadInput as error:
            raise BadInput(
                Text(
                    en="This version of the policy cannot be used: today's checks find mistakes in it.",
                    zh="该版本准入政策无法使用：现行检查发现其中有错误。",
                ),
                context={"policy": self.title, "sha256": self.sha256[:12]},
                problems=error.problems,
                remedy=Text(
                    en="mend it, raise its version, propose and publish it", zh="改正并提升版本号后，重新提交并发布"
                ),
            ) from None


def check_mandate(person: Person, act: PolicyAct) -> None:
    """Refuse who may not.

    Raises:
        NotAllowed: the person has neither role nor department for it.
    """
    MANDATES[act].require(person, ACTS[act])


def check_publication(version: PolicyVersion, person: Person) -> None:
    """Refuse a publication that is none.

    Raises:
        NotAllowed: the person may not publish, or proposed this version.
    """
    check_mandate(person, "publish")
    if person.username == version.proposed_by:
        who = MANDATES["publish"].words()
        raise NotAllowed(
            Text(en="Whoever proposed a policy does not publish it.", zh="提交准入政策的人不得自行发布。"),
            context={"policy": version.title, "proposed_by": version.proposed_by},
            remedy=Text(en=f"let another person publish it: {who.en}", zh=f"请由另一人发布：{who.zh}"),
        )


def version_named(versions: Sequence[PolicyVersion], key: str) -> PolicyVersion:
    """Return the version that a person means.

    Args:
        versions: all there are.
        key: a version such as `2026.2`, or the beginning of a sha256 (six characters or more). Of several proposals of
            one version the published one is meant, else the only one that was not withdrawn.

    Raises:
        NotFound: there is none.
        BadInput: there are several; they are named.
    """
    found = [item for item in versions if key in (item.version, item.title)]
    if not found and len(key) >= 6:
        found = [item for item in versions if item.sha256.startswith(key)]
    for state in ("published", "proposed"):
        found = [item for item in found if item.state == state] or found
    if not found:
        known = ", ".join(dict.fromkeys(item.version for item in versions))
        raise NotFound(
            Text(en="There is no such version of the policy.", zh="准入政策没有这个版本。"),
            context={"version": key[:64]},
            remedy=Text(en=f"there are: {known or 'none'}", zh=f"现有版本：{known or '无'}"),
        )
    if len({item.sha256 for item in found}) > 1:
        several = [(item.sha256[:12], item.proposed_by) for item in found]
        en = ", ".join(f"{sha256} by {proposer}" for sha256, proposer in several)
        zh = "，".join(f"{sha256}（{proposer} 提交）" for sha256, proposer in several)
        raise BadInput(
            Text(en=f"Several versions are named {key[:64]}.", zh=f"有多个版本名为 {key[:64]}。"),
            remedy=Text(en=f"give the sha256 of one: {en}", zh=f"请给出其中一个的 sha256：{zh}"),
        )
    return found[-1]


class Shadow(Record):
    """A policy that runs beside the one in force, on the same cases, without any effect.

    Attributes:
        version: id of the policy's version.
        until: the last day on which it runs.
    """

    id: int
    version: int
    title: str
    sha256: str
    until: date
    started_by: str
    started_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None

    def runs_on(self, day: date) -> bool:
        """True where cases assessed on the day are also assessed under it."""
        return self.ended_at is None and day <= self.until


class Judgement(Record):
    """What the machine would do with a case under one policy.

    Attributes:
        failed: ids of the criteria that failed; `unknown` of those that could not be checked.
    """

    policy: str
    route: RouteKind
    band: str
    grade: str
    score: Decimal
    limit: Decimal
    currency: str
    terms_days: int
    secured: bool
    failed: tuple[str, ...]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, assessment: Assessment) -> Judgement:
        """Take from an assessment what counts for its decision."""
        return cls(
            policy=assessment.policy.sha256,
            route=assessment.route.kind,
            band=assessment.route.band,
            grade=assessment.grade,
            score=assessment.score,
            limit=assessment.limit.amount,
            currency=assessment.limit.currency,
            terms_days=assessment.terms.days,
            secured=assessment.terms.secured,
            failed=tuple(item.id for item in assessment.criteria if item.verdict is Verdict.FAIL),
            unknown=assessment.unknowns,
        )


class ShadowResult(Record):
    """What a shadow policy made of a case, beside what the policy in force made of it.

    Attributes:
        assessment: sha256 of the assessment under the policy in force.
        shadow: None where the shadow failed; `failure` then says why.
    """

    case: str
    round: int
    assessment: str
    in_force: Judgement
    shadow: Judgement | None = None
    failure: str = ""

    @property
    def otherwise(self) -> tuple[str, ...]:
        """What would have been decided otherwise, such as `route` and `grade`; empty where nothing, or it failed."""
        if self.shadow is None:
            return ()
        names = ("route", "band", "grade", "limit", "terms_days", "secured")
        return tuple(name for name in names if getattr(self.in_force, name) != getattr(self.shadow, name))
