"""The OFAC list's part of `cases.yml` beside the project: what was read wrong once, with its right value."""

from __future__ import annotations

from pathlib import Path

import pytest

from admission.errors import SourceChanged, SourceUnavailable
from tests.connectors.test_ofac_sdn_whole import query, raw, source

pytestmark = pytest.mark.recorded


def test_a_list_of_three_rows_is_not_taken(recorded: Path) -> None:
    body = (recorded / "cases" / "ofac_sdn_three_rows.csv").read_bytes()
    with pytest.raises(
        SourceUnavailable, match=r"SDN\.CSV has too few entries: 3, and the whole list has at least 7,000"
    ):
        source().require_whole(query("sdn"), raw(body))


@pytest.mark.parametrize("kind", ["sdn", "alt"])
def test_a_file_of_comments_is_refused_for_what_it_is(recorded: Path, kind: str) -> None:
    answer = raw((recorded / "cases" / "ofac_comments_inner_quotes.csv").read_bytes())
    source().require_whole(query(kind), answer)
    with pytest.raises(SourceChanged, match=r"rows have 2 columns, as those of SDN_COMMENTS\.CSV") as caught:
        source().parse(query(kind), answer)
    assert "cut off" not in str(caught.value)
