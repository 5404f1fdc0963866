"""Official numbers that were taken although their check characters do not fit: people are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from admission.evidence.facts import CompanyProfile
from admission.evidence.findings import Finding, Verdict, Weight
from admission.identifiers import misfit
from admission.model import Text

CHECK_CHARACTERS = "identifiers.check_characters"
_WRITTEN = {"uscc": Text(en="social credit code", zh="统一社会信用代码")}


def number_findings(applied: Mapping[str, str], profiles: Iterable[CompanyProfile]) -> list[Finding]:
    """Return one finding for each number whose check characters do not fit; it bars the fast track.

    Args:
        applied: the numbers of the application, by kind.
        profiles: the company as registers have it.
    """
    said = [("", kind, number) for kind, number in sorted(applied.items())]
    said += [(row.source, kind, number) for row in profiles for kind, number in sorted(row.identifiers.items())]
    findings: dict[tuple[str, str], Finding] = {}
    for source, kind, number in said:
        why = misfit(kind, number)
        if why is not None and (kind, number) not in findings:
            label = _WRITTEN[kind]
            findings[kind, number] = Finding(
                code=CHECK_CHARACTERS,
                verdict=Verdict.UNKNOWN,
                weight=Weight.WARNING,
                source=source,
                message=Text(
                    en=f"{label.en} {number}: {why.en}; it may be misprinted, or an old one",
                    zh=f"{label.zh} {number}：{why.zh}；可能有误，也可能是早期代码",
                ),
            )
    return [*findings.values()]
