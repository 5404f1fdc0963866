"""The sources that are asked, in the order of their cards' stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import ValidationError
from pydantic_settings import SettingsError

from admission.customers.ledger.accounts import OwnLedger
from admission.evidence.company_lists import LoadedList
from admission.evidence.sources import Connector
from connectors import (
    cn_paper_overdue,
    creditsafe,
    financials_upload,
    manual_evidence,
    ofac_sdn,
    own_ledger,
    sec_edgar,
    uk_companies_house,
    uk_gazette,
)
from connectors.kit import Kit
from screening import CompanyMatcher
from wiring.settings import PREFIX, Settings, bad_setting

# Nobody is asked for these: people hand them in (`services.papers`).
UPLOADS = ("financials_upload", "manual_evidence")
# Lists that people load by file (`services.company_lists`), and that are searched in the house.
LISTS = ("cn_paper_overdue",)
SOURCES = ("ofac_sdn", "sec_edgar", "uk_companies_house", "uk_gazette", "creditsafe")


def build_connectors(
    settings: Settings,
    clock: Callable[[], datetime],
    turn_seconds: float,
    newest_list: Callable[[str], LoadedList | None],
    ledger: OwnLedger,
) -> Mapping[str, Connector]:
    """Build all connectors; none opens a connection before it is asked.

    Args:
        settings: the settings.
        clock: tells the time.
        turn_seconds: how long a request may wait for its turn under a source's rate limit.
        newest_list: gives the version in use of a list that is loaded by file; None where none is loaded.
        ledger: how the house's own ledger is asked.

    Raises:
        BadInput: a setting of a source cannot be used.
    """
    base = (settings.sandbox_url or "").rstrip("/")
    bucket = settings.folder / "limits.sqlite"
    kit = Kit(
        clock=clock,
        contact=settings.contact,
        bucket=bucket if settings.folder.is_dir() else None,
        redis_url=settings.redis_url.get_secret_value() if settings.redis_url else None,
        max_wait_seconds=turn_seconds,
        base_urls={name: f"{base}/{name}" for name in SOURCES} if base else {},
        paced=not base,
    )
    builders: dict[str, Callable[[], Connector]] = {
        "ofac_sdn": lambda: ofac_sdn.connector(kit, CompanyMatcher()),
        "sec_edgar": lambda: sec_edgar.connector(kit),
        "uk_companies_house": lambda: uk_companies_house.connector(kit),
        "uk_gazette": lambda: uk_gazette.connector(kit),
        "creditsafe": lambda: creditsafe.connector(kit),
        "financials_upload": lambda: financials_upload.connector(kit),
        "cn_paper_overdue": lambda: cn_paper_overdue.connector(kit, lambda: newest_list("cn_paper_overdue")),
        "manual_evidence": lambda: manual_evidence.connector(kit),
        "own_ledger": lambda: own_ledger.connector(kit, ledger),
    }
    return {name: _build(name, build) for name, build in builders.items()}


def _build(name: str, build: Callable[[], Connector]) -> Connector:
    try:
        return build()
    except (ValidationError, SettingsError) as error:
        raise bad_setting(f"{PREFIX}{name.upper()}_", error) from None
