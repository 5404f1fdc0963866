"""An assessment keeps the rows of the industry tables and the exposures that it rests on."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from services.replay import replay_one
from tests.conftest import ROOT
from tests.services.conftest import assessed
from wiring import House, Settings


def written(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_tables_and_caps_of_another_day_change_no_assessment_that_was_made(at: House, tmp_path: Path) -> None:
    text = (ROOT / "policies" / "default.yaml").read_text(encoding="utf-8")
    rule = """
  - id: beats_its_industry
    metric: current_ratio
    comparison: at_least
    value: {quartile: q1}
    effect: refer
    reason: {en: "Current ratio", zh: "流动比率"}
    source: "[P]"
"""
    policy = written(
        tmp_path,
        "policy.yaml",
        text.replace("\n# Days; older", f"{rule}\n# Days; older", 1),
        'appetite: {caps: {total: "1000000", country: {GB: "900000"}}}',
    )
    benchmarks = written(
        tmp_path,
        "benchmarks.csv",
        "code,metric,q1,median,q3,source,date",
        "uk-sic:1,current_ratio,0.1,0.2,0.3,own,2026-01-01",
    )
    risk = written(tmp_path, "risk.csv", "code,level,source,date", "uk-sic:1,4,own,2026-01-01")
    then = House(Settings(policy=policy, industry_benchmarks=benchmarks, industry_risk=risk), clock=at.clock)
    reference = assessed(then)
    made = then.casebook.work.assessment(reference, 1)
    assert made is not None
    found = {metric.name: metric for metric in made.metrics}
    verdicts = {result.id: str(result.verdict) for result in made.criteria}
    assert str(found["industry_code"].value).startswith("uk-sic:1")
    assert (found["industry_risk"].value, verdicts["beats_its_industry"]) == (Decimal(4), "pass")
    assert (verdicts["cap_total"], verdicts["cap_country"]) == ("pass", "pass")
    assert replay_one(then, reference).result == "same"
    assert replay_one(at, reference).result == "same"
    then.casebook.close()
