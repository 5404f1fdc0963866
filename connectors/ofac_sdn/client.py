"""Fetching the list files of OFAC's Sanctions List Service."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict

from admission.evidence.answers import Query, RawAnswer
from admission.evidence.sources import SourceCard
from connectors.kit import HttpClient, Kit
from connectors.ofac_sdn.parse import FILES


class Settings(BaseSettings):
    """Settings from the environment: `GATEHOUSE_OFAC_SDN_BASE_URL`. No key is needed."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_OFAC_SDN_")

    base_url: str | None = None


class Client:
    """Fetches list files."""

    def __init__(self, card: SourceCard, kit: Kit) -> None:
        self._http = HttpClient(card, kit, base_url=Settings().base_url)

    def fetch(self, query: Query) -> RawAnswer:
        """Fetch the file that the query's kind names; nothing about the company is sent.

        Raises:
            CouldNotAsk: no answer was had.
        """
        return self._http.get(f"api/PublicationPreview/exports/{FILES[query.kind]}")
