"""Settings of the Gazette connector, and the asking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic_settings import BaseSettings, SettingsConfigDict

from admission.evidence.answers import Query, RawAnswer
from admission.evidence.sources import SourceCard
from connectors.kit import HttpClient, Kit
from connectors.uk_gazette.parse import PAGE_SIZE

# The Gazette has answered 500 to requests with an Accept header, and the paths already say which form is wanted.
# requests leaves out a header whose value is None.
_NO_ACCEPT = cast("Mapping[str, str]", {"Accept": None})
_CORPORATE_INSOLVENCY = "24"


class Settings(BaseSettings):
    """Read from the environment, with the prefix `GATEHOUSE_UK_GAZETTE_`.

    Attributes:
        base_url: another address of the Gazette.
    """

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_UK_GAZETTE_")

    base_url: str | None = None


class Client:
    """Asks the Gazette.

    Args:
        card: the source's card.
        kit: what the house gives every connector.
        settings: its address.
    """

    def __init__(self, card: SourceCard, kit: Kit, settings: Settings) -> None:
        self._http = HttpClient(card, kit, base_url=settings.base_url)

    def fetch(self, query: Query) -> RawAnswer:
        """Ask one question.

        Raises:
            CouldNotAsk: no answer was had; its subclass says why.
        """
        if query.kind == "notice":
            return self._http.get(f"/notice/{query.params['id']}", headers=_NO_ACCEPT)
        params = {
            "text": query.params["text"],
            "categorycode": _CORPORATE_INSOLVENCY,
            "results-page-size": str(PAGE_SIZE),
            "results-page": query.params.get("page", "1"),
            "sort-by": "latest-date",
        }
        return self._http.get("/insolvency/notice/data.json", params=params, headers=_NO_ACCEPT)
