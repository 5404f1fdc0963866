"""Metrics of what the house thinks of a country and an industry: excluded, or how risky."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from admission.evidence.facts import Facts
from admission.metrics.catalogue import NO_SOURCE, Metric, known, unknown
from admission.metrics.industry import IndustryTables, longest, scheme
from admission.model import Text


class Exclusions(NamedTuple):
    """What the house does not want: countries, and beginnings of industry codes."""

    countries: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()


def industry_metrics(
    facts: Facts, country: str, industry: Metric, excluded: Exclusions, tables: IndustryTables, *, as_of: date
) -> dict[str, Metric]:
    """Derive what follows from where a company is and what it does.

    Args:
        facts: the usable facts.
        country: as the applicant states it.
        industry: the metric `industry_code`.
        excluded: which countries and trades the house does not want.
        tables: the house's tables of industries.
        as_of: the day of the assessment.
    """
    found = (
        _country_excluded(facts, country, excluded.countries, as_of),
        _industry_excluded(facts, industry, excluded.industries, as_of),
        _industry_risk(industry, tables, as_of),
    )
    return {metric.name: metric for metric in found}


def _country_excluded(facts: Facts, country: str, excluded: Sequence[str], as_of: date) -> Metric:
    """The country that the applicant states, and any that a source has it in."""
    found = [profile for profile in facts.profiles if profile.country in excluded]
    if country in excluded or found:
        named = country if country in excluded else found[0].country
        sources = tuple(dict.fromkeys(profile.source for profile in found))
        return known("country_excluded", True, sources, as_of, note=Text(en=str(named), zh=str(named)))
    return known("country_excluded", False, (), as_of)


def _industry_excluded(facts: Facts, industry: Metric, excluded: Sequence[str], as_of: date) -> Metric:
    """Known where nothing is excluded, where a code is, or where every exclusion's scheme has been compared."""
    if not excluded:
        return known("industry_excluded", False, (), as_of)
    coded = [(profile.industry_code, profile.source) for profile in facts.profiles if profile.industry_code]
    for code, source in coded:
        beginning = longest(excluded, code)
        if beginning is not None:
            note = Text(en=f"{code}, excluded by {beginning}", zh=f"{code}，属禁入行业 {beginning}")
            return known("industry_excluded", True, (source,), as_of, note=note)
    if not coded:
        return unknown("industry_excluded", industry.unknown or NO_SOURCE)
    sources = tuple(dict.fromkeys(source for _, source in coded))
    if {scheme(code) for code, _ in coded} & {scheme(beginning) for beginning in excluded}:
        return known("industry_excluded", False, sources, as_of)
    codes = ", ".join(code for code, _ in coded)
    why = Text(
        en=f"{codes} is of another scheme than the excluded industries", zh=f"{codes} 与禁入行业代码不属同一分类体系"
    )
    return unknown("industry_excluded", why, sources=sources)


def _industry_risk(industry: Metric, tables: IndustryTables, as_of: date) -> Metric:
    if not isinstance(industry.value, str):
        return unknown("industry_risk", industry.unknown or NO_SOURCE, sources=industry.sources)
    row = tables.risk(industry.value, as_of)
    if row is None:
        why = Text(
            en=f"the house's table has no risk level for {industry.value}", zh=f"自有表中无 {industry.value} 的风险等级"
        )
        return unknown("industry_risk", why, sources=industry.sources)
    note = Text(en=f"{row.code}: {row.source}", zh=f"{row.code}：{row.source}")
    return known("industry_risk", row.level, industry.sources, row.date, note=note)
