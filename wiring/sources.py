"""The sources that are asked, in the order of their cards' stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from admission.sources import Connector
from connectors import (
    creditsafe,
    financials_upload,
    manual_evidence,
    ofac_sdn,
    sec_edgar,
    uk_companies_house,
    uk_gazette,
)
from connectors.kit import Kit
from screening import CompanyMatcher
from wiring.settings import Settings

# Nobody is asked for these: people hand them in (`wiring.uploads`).
UPLOADS = ("financials_upload", "manual_evidence")
SOURCES = ("ofac_sdn", "sec_edgar", "uk_companies_house", "uk_gazette", "creditsafe")


def build_connectors(settings: Settings, clock: Callable[[], datetime]) -> Mapping[str, Connector]:
    """Build all connectors; none opens a connection before it is asked."""
    base = (settings.sandbox_url or "").rstrip("/")
    bucket = settings.folder / "limits.sqlite"
    kit = Kit(
        clock=clock,
        contact=settings.contact,
        bucket=bucket if settings.folder.is_dir() else None,
        redis_url=settings.redis_url.get_secret_value() if settings.redis_url else None,
        base_urls={name: f"{base}/{name}" for name in SOURCES} if base else {},
    )
    built: tuple[Connector, ...] = (
        ofac_sdn.connector(kit, CompanyMatcher()),
        sec_edgar.connector(kit),
        uk_companies_house.connector(kit),
        uk_gazette.connector(kit),
        creditsafe.connector(kit),
        financials_upload.connector(kit),
        manual_evidence.connector(kit),
    )
    return {connector.card.name: connector for connector in built}


def of_stage(connectors: Mapping[str, Connector], stage: Literal["prescreen", "investigate"]) -> list[str]:
    """Return the names of the sources asked at a stage."""
    return [name for name, connector in connectors.items() if connector.card.stage == stage]
