"""What changed since the last decision, on the page and in the JSON of a review."""

from __future__ import annotations

import re
from decimal import Decimal

from admission.customers.since.told import Subject
from services.opening import open_review
from tests import stepping
from tests.desk.conftest import Bench, assessment
from tests.services.test_customer_files import admitted


def reviewed(bench: Bench) -> str:
    """A review of a customer whose grade fell, whose revenue halved, and whose insolvency is known now."""
    made = assessment()
    customer = admitted(bench.house, made=made)
    review = open_review(bench.house, customer.company_key).reference
    halved = tuple(
        item.model_copy(update={"value": Decimal(3_100_000)}) if item.name == "revenue" else item
        for item in made.metrics
    )
    bench.assess(
        review,
        assessment(unknown=False).model_copy(update={"grade": "D", "metrics": halved}),
    )
    assert stepping.open_voting(bench.house, review) is not None
    return review


def section(text: str) -> str:
    """Return the part of the page that tells what changed, without markup."""
    part = text.partition('id="since-last"')[2].partition("</section>")[0]
    return " ".join(re.sub("<[^>]*>", " ", part).split())


def test_who_decides_reads_was_and_now(bench: Bench) -> None:
    review = reviewed(bench)
    said = section(bench.sign_in("lena").get(f"/cases/{review}").text)
    assert "Since the last decision" in said
    assert "Compared with GH-" in said
    assert "open_insolvency: unknown -&gt; met" in said
    assert "6200000 GBP -&gt; 3100000 GBP (worse)" in said.replace(",", "")
    zh = section(bench.sign_in("feng").get(f"/cases/{review}").text)
    assert "与上次决定相比" in zh
    assert "open_insolvency：未知 → 达标" in zh
    assert "was" not in zh.split()


def test_programs_read_the_same(bench: Bench) -> None:
    review = reviewed(bench)
    document = bench.sign_in("lena").get(f"/api/cases/{review}").json()["since"]
    moved = {row["what"]: (row["was"], row["now"]) for row in document["points"] if row["moved"]}
    assert moved["grade"] == (assessment().grade, "D")
    assert [(row["id"], row["was"], row["now"]) for row in document["criteria"]] == [
        ("open_insolvency", "unknown", "pass")
    ]
    assert {row["subject"] for row in document["records"]} <= {str(subject) for subject in Subject}


def test_a_first_application_has_no_such_part(bench: Bench) -> None:
    reference = bench.open_case()
    assert 'id="since-last"' not in bench.sign_in("lena").get(f"/cases/{reference}").text
