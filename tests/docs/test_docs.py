"""The documents against the code: links, names, defaults, headings."""

from __future__ import annotations

import importlib
import re
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from pydantic import BaseModel
from pydantic_settings import BaseSettings

from admission.evidence.answers import Answer
from admission.memo.documents import case_document
from admission.metrics.catalogue import CATALOGUE as METRICS
from admission.model import Language
from admission.policy import Policy
from cli.main import gatehouse
from connectors.kit import load_card
from expectations.catalogue import CATALOGUE as CHECKS
from expectations.catalogue import TABLES, Check
from tests.conftest import ROOT
from tests.docs.example import decided_case
from wiring.settings import PREFIX, Settings
from wiring.sources import SOURCES

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "sandbox" / "README.md"])
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)
# About 120, and room for a name at the end that cannot be parted; rows of tables and lines of code cannot be wrapped.
LONGEST_LINE = 145
LONGEST_PAGE = 300


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def headings(path: Path) -> list[str]:
    return [match.group(2) for match in HEADING.finditer(prose(path))]


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(path)}


def row_of(page: str, name: str) -> str:
    """The one table row whose first cell is this name, as code."""
    rows = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(rows) == 1, f"{len(rows)} rows for {name}"
    return rows[0]


def page_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_every_relative_link_and_picture_is_there(path: Path) -> None:
    broken = []
    for target in LINK.findall(prose(path)):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_a_page_is_short_and_its_prose_wrapped(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    long = [line for line in prose(path).splitlines() if len(line) > LONGEST_LINE and not line.startswith("|")]
    assert long == []
    assert len(lines) <= LONGEST_PAGE


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_no_page_names_a_folder_of_a_machine(path: Path) -> None:
    assert re.findall(r"/(?:work|root|home)/\S+", path.read_text(encoding="utf-8")) == []


def settings_classes() -> Iterator[type[BaseSettings]]:
    yield Settings
    for source in SOURCES:
        yield importlib.import_module(f"connectors.{source}.client").Settings


def setting_names() -> Iterator[tuple[str, Any]]:
    for model in settings_classes():
        prefix = model.model_config["env_prefix"]
        for name, field in model.model_fields.items():
            yield f"{prefix}{name.upper()}", field.default


@pytest.mark.parametrize(("name", "default"), list(setting_names()))
def test_every_setting_is_described_with_its_default(name: str, default: Any) -> None:
    cell = row_of(text_of("docs/settings.md"), name).split("|")[2].strip()
    if isinstance(default, tuple):
        assert cell == f"`{list(default)}`"
    elif default is None:
        assert cell == "not set"
    elif str(getattr(default, "get_secret_value", lambda: default)()) == "":
        assert cell == "empty"
    else:
        assert cell == f"`{default}`"


def test_no_setting_is_described_that_nothing_reads() -> None:
    known = {name for name, _ in setting_names()}
    of_tests = {"GATEHOUSE_REQUIRE_ALL", "GATEHOUSE_TEST_POSTGRES", "GATEHOUSE_TEST_TIMES"}
    elsewhere = {"GATEHOUSE_DEBUG", "GATEHOUSE_XX_REGISTER_"} | of_tests
    named = {name for path in PAGES for name in re.findall(rf"\b{PREFIX}[A-Z0-9_]+", path.read_text(encoding="utf-8"))}
    assert named - known - elsewhere == set()


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_is_described_as_its_card_says(source: str) -> None:
    page = text_of("docs/sources.md")
    card = load_card(ROOT / "connectors" / source)
    row = next(line for line in page.splitlines() if line.startswith(f"| [`{source}`](#{source}) |"))
    limit = f"{card.rate_limit.requests} in {card.rate_limit.seconds:g} s"
    days = f"{card.freshness_days} day{'s' if card.freshness_days != 1 else ''}"
    price = f"{card.price:g} {card.price_currency}" if card.price else "free"
    assert f"\n## {source}\n" in page
    assert [part for part in (card.stage, card.access, limit, days, price) if part not in row] == []


@cache
def commands() -> dict[str, click.Command]:
    """Every command and sub-command by its name."""
    context = click.Context(gatehouse)
    found = {}
    for name in gatehouse.list_commands(context):
        command = gatehouse.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            for part in command.list_commands(context):
                sub = command.get_command(context, part)
                assert sub is not None
                found[f"{name} {part}"] = sub
    return found


@pytest.mark.parametrize("name", list(commands()))
def test_every_command_is_described_with_its_options(name: str) -> None:
    topics = ("cli", "customers", "groups", "ledger", "limits", "orders", "bulk")
    page = "\n".join(text_of(f"docs/{topic}.md") for topic in topics)
    assert f"gatehouse {name}" in page
    options = [option.opts[0] for option in commands()[name].params if isinstance(option, click.Option)]
    assert [option for option in options if option not in page] == []


def test_no_command_is_described_that_is_not_there() -> None:
    named = {
        name
        for path in PAGES
        for name in re.findall(r"^(?:.*[`/] *)?gatehouse ([a-z]+)", "\n".join(code_of(path)), re.MULTILINE)
    }
    assert named - {name.split()[0] for name in commands()} == set()
    assert named >= {"onboard", "vote", "up"}


def code_of(path: Path) -> list[str]:
    """Lines of code blocks, and code within prose."""
    text = path.read_text(encoding="utf-8")
    return [line for block in FENCE.findall(text) for line in block.splitlines()] + re.findall(
        r"`([^`\n]+)`", prose(path)
    )


def test_every_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = {line.split()[1] for path in PAGES for line in code_of(path) if re.match(r"make [a-z]", line)}
    assert named - targets == set()
    assert named >= {"demo", "test", "install"}


def parts_of(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """The models that a model is made of, itself first."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        for part in models_in(field.annotation):
            yield from parts_of(part, seen)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from models_in(part)


def test_every_key_of_a_policy_is_described() -> None:
    page = "".join(text_of(f"docs/{name}.md") for name in ("policy", "not_told", "approval", "orders", "reviews"))
    words = set(re.findall(r"[a-z_0-9]+", page))
    keys = {name for model in parts_of(Policy, set()) for name in model.model_fields}
    assert keys >= {"on_unknown", "starter_cap", "level_up", "all_of"}
    assert keys - words == set()
    assert [name for name in Policy.model_fields if f"`{name}`" not in page] == []


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.code)
def test_every_check_of_the_data_is_described_in_its_own_words(check: Check) -> None:
    row = row_of(text_of("docs/findings.md"), check.code)
    said = check.says
    # What a message fills in stands at the end, or is the day.
    en, zh = (re.split("[;；] ?{other}", text)[0] for text in (said.en, said.zh))
    assert f"| {check.weight.value} |" in row
    assert en.format(as_of="the day of the assessment") in row
    assert zh.replace(" {as_of}", "{as_of}").format(as_of="评估日") in row


def test_other_findings_are_described_too() -> None:
    page = text_of("docs/findings.md")
    declared = ("annual_revenue", "total_assets", "net_income", "headcount", "founded")
    codes = [*(f"{prefix}.suite" for prefix in TABLES.values()), *(f"declared.{name}" for name in declared)]
    codes += ["facts.left_open", "magnitude.request", "magnitude.sources"]
    assert [code for code in codes if f"`{code}`" not in page] == []


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_described_in_its_own_words(name: str) -> None:
    spec = METRICS[name]
    cells = [cell.strip() for cell in row_of(text_of("docs/metrics.md"), name).strip("|").split("|")]
    assert cells[1:5] == [spec.kind, spec.better.replace("_", " "), spec.meaning.en, spec.meaning.zh]
    assert cells[5] != ""
    assert ("no source yet" in cells[5] or "no source tells" in cells[5].lower()) == (not spec.told)
    assert cells[6] == spec.unit.en
    if spec.plausible is None or spec.kind == "flag":
        assert cells[7] == "-"
    else:
        cuts, usual = spec.plausible.cuts, spec.plausible.usual
        assert cells[7] == f"{cuts.low:f} to {cuts.high:f}; usually {usual.low:f} to {usual.high:f}"


def test_every_answer_is_described() -> None:
    page = text_of("docs/architecture.md")
    assert {answer: row_of(page, answer).endswith("| yes |") for answer in Answer} == {
        answer: answer.answered for answer in Answer
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_field_of_a_case_is_described(language: Language) -> None:
    words = set(re.findall(r"\w+", text_of("docs/api.md").partition("## The JSON of a case")[2]))
    document = case_document(decided_case(), language)
    fields = set(keys_of({name: value for name, value in document.items() if name not in ("applicant", "facts")}))
    assert fields >= {"reference", "bounds", "missing_acceptances", "review_months", "previous"}
    assert fields - words == set()


# Their keys are names of other things: metrics, identifiers, criteria, sources, details of an event.
OPEN_TABLES = {"metrics", "accepted", "parsers", "detail", "query"}


def keys_of(document: Any, within: str = "") -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            if within not in OPEN_TABLES and within != "policy":
                yield key
            yield from keys_of(value, "" if within == "metrics" else key)
    elif isinstance(document, list):
        for value in document:
            yield from keys_of(value, within)


def without_labels(block: str) -> str:
    """A block of code as it is; of a drawing, which is labelled in its reader's language, its nodes and arrows."""
    return re.sub(r"\[.+?\]|\{.+?\}|-- .+? -->", "-", block) if block.startswith("```mermaid") else block


def test_both_readmes_say_the_same_in_the_same_order() -> None:
    english, chinese = (prose(path) for path in READMES)
    levels = [[match.group(1) for match in HEADING.finditer(text)] for text in (english, chinese)]
    pictures = [re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text) for text in (english, chinese)]
    code = [[without_labels(block) for block in FENCE.findall(path.read_text(encoding="utf-8"))] for path in READMES]
    assert levels[0] == levels[1]
    assert pictures[0] == pictures[1]
    assert code[0] == code[1]
    assert "](README.zh.md)" in english
    assert "](README.md)" in chinese


def test_the_readmes_tell_every_story_of_the_demo() -> None:
    stories = yaml.safe_load(text_of("sandbox/expected.yml"))
    for name, expected in stories.items():
        company = yaml.safe_load(text_of(f"sandbox/applicants/{name}.yaml"))["legal_name"]
        english, chinese = (
            next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {company} |"))
            for path in READMES
        )
        assert expected["route"].replace("_", " ").replace("knock out", "knock-out") in english
        assert expected["outcome"] in english
        assert {"admitted": "准入", "declined": "拒绝"}[expected["outcome"]] in chinese.rpartition(" | ")[2]
