from __future__ import annotations

from pathlib import Path

import pytest

from admission.errors import BadInput
from intake.policies import read_policy

SHIPPED = Path(__file__).resolve().parents[2] / "policies"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_policy_is_read_the_same_from_a_copy(tmp_path: Path) -> None:
    shipped = read_policy(None)
    text = (SHIPPED / "default.yaml").read_text(encoding="utf-8")
    assert read_policy(written(tmp_path, "mine.yaml", text)) == shipped
    with pytest.raises(BadInput, match="this key is there twice"):
        read_policy(written(tmp_path, "twice.yaml", f"{text}\nname: again\n"))


def test_every_shipped_policy_can_be_named_as_a_file() -> None:
    assert [read_policy(path).name for path in sorted(SHIPPED.glob("*.yaml"))] == ["cn-manufacturing", "default"]
