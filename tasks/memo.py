"""The credit memo and its tables as Prefect artifacts: company-level, no persons."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from admission.cases import Step
from admission.memo.documents import CaseFile, judgement_document
from admission.memo.memo import credit_memo
from admission.model import Language
from services.casefile import case_file
from services.what_if import what_would_change
from tasks.casework import complete
from wiring import house


@task(name="publish-memo", cache_policy=NO_CACHE)
def publish_memo(reference: str) -> None:
    """Publish the memo in both languages, and criteria, score parts and evidence as tables.

    Nothing where the case has gone on to a round that is not assessed yet: its memo follows.
    """
    file = case_file(house(), reference)
    if file.assessment is None:
        return
    file = file.model_copy(update={"what_if": what_would_change(house(), reference)})
    key = reference.lower()
    for language in ("en", "zh"):
        create_markdown_artifact(
            memo_text(file, language), key=f"memo-{key}-{language}", description=f"Credit memo {reference} ({language})"
        )
    document = judgement_document(file.evidence, file.facts, file.findings, file.assessment, house().settings.language)
    tables = {
        "criteria": document["assessment"]["criteria"],
        "score": document["assessment"]["parts"],
        "evidence": [
            {name: item[name] for name in ("source", "answer", "fetched_at", "sha256", "message")}
            for item in document["evidence"]
        ],
    }
    for name, rows in tables.items():
        create_table_artifact(rows, key=f"{name}-{key}", description=f"{reference}: {name}")
    complete(reference, Step.PUBLISH_MEMO, file.case.round)
    get_run_logger().info("memo of %s published", reference)


def memo_text(file: CaseFile, language: Language) -> str:
    """Return the memo of an assessed case, with the link to its page at the desk."""
    url = house().settings.case_link(file.case.reference)
    return credit_memo(file, language, desk_url=url)
