"""Settings of the Companies House connector, and the asking."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from admission.errors import AccessRefused
from admission.evidence.answers import Query, RawAnswer
from admission.evidence.sources import SourceCard
from admission.model import Text
from connectors.kit import HttpClient, Kit
from connectors.uk_companies_house.lists import PAGE_SIZE

_PATHS = {
    "profile": "/company/{number}",
    "officers": "/company/{number}/officers",
    "charges": "/company/{number}/charges",
    "insolvency": "/company/{number}/insolvency",
    "filing_history": "/company/{number}/filing-history",
}
_PAGED = ("officers", "charges", "filing_history")


class Settings(BaseSettings):
    """Read from the environment, with the prefix `GATEHOUSE_UK_COMPANIES_HOUSE_`.

    Attributes:
        key: key of the Public Data API; free, one for each live application.
        base_url: another address, such as that of the provider's sandbox.
    """

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_UK_COMPANIES_HOUSE_")

    key: SecretStr = SecretStr("")
    base_url: str | None = None


class Client:
    """Asks the Companies House Public Data API.

    Args:
        card: the source's card.
        kit: what the house gives every connector.
        settings: key and address.
    """

    def __init__(self, card: SourceCard, kit: Kit, settings: Settings) -> None:
        self.configured = bool(settings.key.get_secret_value())
        # The key is the user name of HTTP Basic; the password stays empty.
        self._http = HttpClient(card, kit, base_url=settings.base_url, auth=(settings.key.get_secret_value(), ""))

    def fetch(self, query: Query) -> RawAnswer:
        """Ask one question.

        Raises:
            CouldNotAsk: no answer was had; its subclass says why.
        """
        if not self.configured:
            missing = Text(en="No key of the Companies House API is set.", zh="尚未设置英国公司注册处的 API 密钥。")
            raise AccessRefused(missing, context={"source": query.source})
        params: dict[str, str] = {}
        if query.kind in _PAGED:
            params = {"items_per_page": str(PAGE_SIZE), "start_index": query.params.get("start_index", "0")}
        return self._http.get(_PATHS[query.kind].format(number=query.params["company_number"]), params=params)
