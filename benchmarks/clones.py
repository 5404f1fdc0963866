"""Many invented companies out of the sandbox's stories: the same figures under other names and numbers."""

from __future__ import annotations

import copy
import functools
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from admission.application import Application, parse_application

FIRST = 100_000


def write_large_filers(folder: Path, count: int) -> list[Application]:
    """Write clones of the sound and large US filer, whom several departments must approve."""
    return [_large_filer(folder, FIRST + number) for number in range(count)]


def write_small_traders(folder: Path, count: int) -> list[Application]:
    """Write clones of the sound and small UK trader, who takes the fast track."""
    return [_small_trader(folder, FIRST + number) for number in range(count)]


def write_insolvent(folder: Path, count: int) -> list[Application]:
    """Write clones of the UK company in liquidation, who is knocked out before a report is bought."""
    return [_insolvent(folder, FIRST + number) for number in range(count)]


def _story(name: str) -> dict[str, Any]:
    return copy.deepcopy(_told(name))


@functools.cache
def _told(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load(files("sandbox").joinpath(f"stories/{name}.yml").read_text(encoding="utf-8")))


def _write(folder: Path, name: str, story: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yml").write_text(yaml.safe_dump(story, allow_unicode=True), encoding="utf-8")


def _large_filer(folder: Path, number: int) -> Application:
    story = _story("2_sound_and_large")
    story["legal_name"] = f"Cloned Instruments {number} Corp"
    filer, bureau = story["sources"]["sec_edgar"], story["sources"]["creditsafe"]
    filer.update(cik=f"0099{number:06}", ein=f"00-9{number:06}", ticker=f"C{number}", former_names=[])
    bureau.update(connect_id=f"US001-X-US99{number:06}", safe_no=f"US99{number:06}", number=f"0099{number:06}"[1:])
    _write(folder, f"large_{number}", story)
    return _application(story, {"cik": filer["cik"]}, "US", "400000", "USD")


def _small_trader(folder: Path, number: int) -> Application:
    story = _story("1_sound_and_small")
    story["legal_name"] = f"Cloned Tea Blenders {number} Limited"
    company = f"98{number:06}"
    story["sources"]["uk_companies_house"]["number"] = company
    bureau = story["sources"]["creditsafe"]
    bureau.update(connect_id=f"GB001-0-{company}", safe_no=f"UK{company}", number=company)
    _write(folder, f"small_{number}", story)
    return _application(story, {"uk_company_number": company}, "GB", "18000", "GBP")


def _insolvent(folder: Path, number: int) -> Application:
    story = _story("4_insolvent")
    story["legal_name"] = f"Cloned Joinery {number} Limited"
    company = f"97{number:06}"
    story["sources"]["uk_companies_house"]["number"] = company
    story["sources"]["uk_gazette"]["number"] = company
    for notice in story["sources"]["uk_gazette"]["notices"]:
        notice["number"] = f"{notice['number'][:-7]}{number}{notice['number'][-1]}"
    bureau = story["sources"]["creditsafe"]
    bureau.update(connect_id=f"GB001-0-{company}", safe_no=f"UK{company}", number=company)
    _write(folder, f"insolvent_{number}", story)
    return _application(story, {"uk_company_number": company}, "GB", "20000", "GBP")


def _application(
    story: dict[str, Any], identifiers: dict[str, str], country: str, limit: str, currency: str
) -> Application:
    return parse_application(
        {
            "legal_name": story["legal_name"],
            "country": country,
            "identifiers": identifiers,
            "requested": {"limit": limit, "currency": currency, "terms_days": 30},
        }
    )
