"""What people write hides nothing and turns nothing around; layout and all scripts may stand."""

from __future__ import annotations

import pytest

from admission.errors import BadInput, Invalid
from admission.free_text import check_plain, is_plain, plain_line
from tests.languages import plain

HIDDEN = ["a\u202eb", "a\u2066b", "a\u200bb", "a\u200fb", "a\x00b", "a\x1b[1mb", "a\ufeffb", "a\ue000b"]


@pytest.mark.parametrize("text", HIDDEN)
def test_what_hides_or_turns_text_is_refused_and_not_repeated(text: str) -> None:
    assert not is_plain(text)
    with pytest.raises(BadInput) as caught:
        check_plain(plain("Not taken."), {"comment": text, "reason": "sound"})
    (problem,) = caught.value.problems
    assert (problem.field, problem.value) == ("comment", "")
    assert (problem.expected.en, problem.expected.zh) == ("text without control characters", "不含控制字符的文本")
    with pytest.raises(Invalid):
        plain_line(text)


@pytest.mark.parametrize("text", ["预付 20%，30 天", "Grüße, naïve", "עברית", "line one\nline two\r\n\tindented", "👍"])
def test_scripts_and_layout_may_stand(text: str) -> None:
    assert is_plain(text)
    check_plain(plain("Not taken."), {"comment": text})


def test_a_line_has_no_layout() -> None:
    assert plain_line("冯静") == "冯静"
    with pytest.raises(Invalid):
        plain_line("two\nlines")
