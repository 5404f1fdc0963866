from __future__ import annotations

from pathlib import Path

import pytest

from admission.errors import BadInput
from tests.languages import untranslated
from wiring import Settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"GATEHOUSE_{field.upper()}", raising=False)


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_defaults_are_this_machine_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings()
    assert settings.folder == tmp_path / ".gatehouse"
    assert settings.casebook_url == f"sqlite:///{tmp_path}/.gatehouse/casebook.sqlite"
    assert settings.desk_url == "http://127.0.0.1:4280"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path))
    monkeypatch.setenv("GATEHOUSE_RETRY_DELAYS", "[1, 2.5]")
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", "postgresql://me:secret@db/gatehouse")
    settings = Settings()
    assert (settings.folder, settings.retry_delays) == (tmp_path, (1.0, 2.5))
    assert settings.casebook_url == "postgresql://me:secret@db/gatehouse"
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("GATEHOUSE_DESK_PORT", "desk", "GATEHOUSE_DESK_PORT: 'desk': a whole number"),
        ("GATEHOUSE_PREFECT_PORT", "0", "GATEHOUSE_PREFECT_PORT: '0': at least 1"),
        ("GATEHOUSE_LANGUAGE", "fr", "GATEHOUSE_LANGUAGE: 'fr': one of en, zh"),
        ("GATEHOUSE_RETRY_DELAYS", "soon", "GATEHOUSE_RETRY_DELAYS: JSON, such as [2.0, 8.0]"),
        ("GATEHOUSE_RETRY_DELAYS", '["soon"]', "GATEHOUSE_RETRY_DELAYS: 'soon': "),
    ],
)
def test_a_value_that_cannot_be_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as refused:
        Settings()
    assert told in str(refused.value)
    assert len(refused.value.problems) == 1
    assert untranslated(refused.value) == []
