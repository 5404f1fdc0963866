"""Examples of a policy at the command line: which are not as expected, and which another policy changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from admission.governance.examples.outcomes import Change, Miss, Outcome, Result
from admission.model import Text
from admission.policy import Policy
from cli.language import language, to_reader
from cli.output import say
from intake.examples import ExamplesRead, examples_beside, read_examples, shipped_examples
from services.examples import changed_examples, try_examples

SECURED = Text(en=", secured", zh="，须担保")
NOT_THERE = Text(en="no such segment", zh="无此客户类别")


class Tried(NamedTuple):
    """The examples of a policy, tried on it."""

    path: Path
    read: Sequence[ExamplesRead]
    results: Sequence[Result]

    @property
    def differing(self) -> list[Result]:
        """Those that are not as expected."""
        return [result for result in self.results if result.misses]


def try_here(policy: Policy, policy_file: Path, path: Path | None) -> Tried:
    """Try examples on a policy.

    Args:
        policy: the policy.
        policy_file: its file; without `path`, its examples lie beside it.
        path: a file or folder of examples.

    Raises:
        BadInput: there are no examples, or they have a mistake.
    """
    where = path or examples_beside(policy_file, policy)
    read = read_examples(where, policy)
    return Tried(where, read, try_examples(policy, [item.file for item in read]))


def tell(tried: Tried) -> None:
    """Print every example that is not as expected, and how many there are."""
    for result in tried.differing:
        file, line = _place(result, tried.read)
        click.echo(f"{file}:{line}: {result.example.id}: {to_reader(result.example.title)}")
        for miss in result.misses:
            say(_in_words(miss))
        why = result.example.why
        say(Text(en=f"  why: {why.en}", zh=f"  理由：{why.zh}"))
    count, differ = len(tried.results), len(tried.differing)
    say(
        Text(
            en=f"{tried.path}: {count} examples, {count - differ} as expected, {differ} not",
            zh=f"{tried.path}：共 {count} 个示例，{count - differ} 个符合预期，{differ} 个不符",
        )
    )


def _in_words(miss: Miss) -> Text:
    what, expected, got = miss.what, miss.expected, miss.got
    return Text(
        en=f"  {what.en}: expected {expected.en}, got {got.en}",
        zh=f"  {what.zh}：预期 {expected.zh}，实际 {got.zh}",
    )


def document(tried: Tried) -> dict[str, Any]:
    """Return what came of examples as JSON."""
    return {
        "path": str(tried.path),
        "examples": len(tried.results),
        "as_expected": len(tried.results) - len(tried.differing),
        "differ": [_differing(result, tried.read) for result in tried.differing],
    }


def _differing(result: Result, read: Sequence[ExamplesRead]) -> dict[str, Any]:
    file, line = _place(result, read)
    return {
        "id": result.example.id,
        "title": result.example.title.to(language()),
        "file": str(file),
        "line": line,
        "misses": [_miss(miss) for miss in result.misses],
        "got": result.outcome.model_dump(mode="json"),
        "why": result.example.why.to(language()),
    }


def _miss(miss: Miss) -> dict[str, str]:
    return {
        "what": miss.what.to(language()),
        "expected": miss.expected.to(language()),
        "got": miss.got.to(language()),
    }


def _place(result: Result, read: Sequence[ExamplesRead]) -> tuple[Path, int]:
    """Return the file and the line in which an example stands."""
    source = next(item for item in read if result.example in item.file.examples)
    return source.path, source.line_of(result.example) or 1


def changes_against(old: Policy, new: Policy, policy_file: Path | None, path: Path | None) -> list[Change] | None:
    """Return the examples that a new policy changes against the one in force; None where it has no examples.

    Args:
        old: the policy in force.
        new: the other one.
        policy_file: of the new one, where it comes from a file; its examples lie beside it.
        path: a file or folder of examples, where a person names one.

    Raises:
        BadInput: the examples have a mistake.
    """
    beside = examples_beside(policy_file, new) if policy_file is not None else None
    where = path or (beside if beside is not None and beside.exists() else shipped_examples(new))
    if where is None:
        return None
    return changed_examples(old, new, [item.file for item in read_examples(where)])


def tell_changes(found: Sequence[Change] | None, old: Policy) -> None:
    """Print which examples a policy changes against another."""
    title = f"{old.name} {old.version}"
    if found is None:
        say(
            Text(
                en="no examples: nothing shows what changes (--examples PATH)", zh="没有示例可供对比（--examples PATH）"
            )
        )
        return
    if not found:
        say(Text(en=f"no example changes against {title}", zh=f"与 {title} 相比，没有示例改变"))
        return
    say(Text(en=f"{len(found)} example(s) change against {title}:", zh=f"与 {title} 相比，{len(found)} 个示例改变："))
    for change in found:
        named = f"{change.example.id}: {to_reader(change.example.title)}"
        click.echo(f"  {named}: {_said(change.old)} -> {_said(change.new)}")


def changes_document(found: Sequence[Change] | None) -> list[dict[str, Any]] | None:
    """Return changed examples as JSON; null where there are no examples."""
    if found is None:
        return None
    return [
        {
            "id": change.example.id,
            "title": change.example.title.to(language()),
            "old": _decided(change.old),
            "new": _decided(change.new),
        }
        for change in found
    ]


def _decided(outcome: Outcome | None) -> dict[str, Any] | None:
    return None if outcome is None else outcome.model_dump(mode="json", exclude={"reasons"})


def _said(outcome: Outcome | None) -> str:
    if outcome is None:
        return to_reader(NOT_THERE)
    route = f"{outcome.route} {outcome.band}".strip()
    secured = to_reader(SECURED) if outcome.secured else ""
    return f"{outcome.grade}, {outcome.limit.amount:,.0f} {outcome.limit.currency}, {route}{secured}"
