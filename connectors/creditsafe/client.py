"""Settings of the Creditsafe connector, its log-in, and the asking."""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from admission.errors import AccessRefused, CouldNotAsk, RateLimited
from admission.evidence.answers import Query, RawAnswer
from admission.evidence.sources import SourceCard
from admission.model import Text
from admission.money import Currency
from connectors.kit import Fields, HttpClient, Kit, read_json, require_ok

REPORT_PARAMS = {"language": "en", "template": "full", "includeIndicators": "true"}

_TOKEN_LIFE = timedelta(minutes=55)  # the provider's tokens live for an hour
_LOG_IN_ENDS = frozenset({"401", "403", "429"})
# Slow on purpose: the marker must not help anybody to guess the password.
_HASH_ROUNDS = 200_000


class Settings(BaseSettings):
    """Read from the environment, with the prefix `GATEHOUSE_CREDITSAFE_`.

    Attributes:
        username: of the Connect API.
        password: of the Connect API.
        base_url: another address, such as that of the provider's sandbox.
        payment_fields: dotted places within `report` where days beyond terms are found, with commas between them,
            such as `paymentData.dbt`. The places differ by country and none is verified, so none is read unless set.
        price: what one report costs under the contract.
        price_currency: currency of `price`.
    """

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_CREDITSAFE_")

    username: str = ""
    password: SecretStr = SecretStr("")
    base_url: str | None = None
    payment_fields: str | None = None
    price: Decimal | None = Field(default=None, ge=0)
    price_currency: Currency = "EUR"


class Client:
    """Asks Creditsafe Connect; logs in by itself, and never again after a log-in was refused.

    Five equal bad log-ins within two minutes lock the account, so one is enough. A refusal is remembered here and,
    where the kit has a file of shared rate limits, in a marker beside it, for all processes of this machine.

    Args:
        card: the source's card.
        kit: what the house gives every connector.
        settings: user name, password, address.
    """

    def __init__(self, card: SourceCard, kit: Kit, settings: Settings) -> None:
        self.configured = bool(settings.username and settings.password.get_secret_value())
        self._source = card.name
        self._settings = settings
        self._clock = kit.clock
        self._http = HttpClient(card, kit, base_url=settings.base_url)
        self._marker = kit.bucket.with_name(f"{card.name}.log-in-refused") if kit.bucket else None
        self._lock = threading.Lock()
        self._refused = False
        self._token = SecretStr("")
        self._token_until: datetime | None = None

    def fetch(self, query: Query) -> RawAnswer:
        """Ask one question, logging in before where needed.

        Raises:
            CouldNotAsk: no answer was had; its subclass says why.
        """
        if not self.configured:
            missing = Text(
                en="No user name and password of Creditsafe are set.", zh="尚未设置 Creditsafe 的用户名和密码。"
            )
            raise AccessRefused(missing, context={"source": self._source})
        token, fresh = self._ensure_token()
        try:
            return self._ask(query, token)
        except AccessRefused as error:
            if error.context.get("status") == "401" and not fresh:
                # The provider ended the token before its hour; one new log-in, once.
                self._forget(token)
            elif error.context.get("status") == "403":
                raise AccessRefused(
                    Text(
                        en="Creditsafe refused this question; the country may not be in the contract.",
                        zh="Creditsafe 拒绝了本次查询，合同可能不含该国家或地区。",
                    ),
                    context=error.context,
                    remedy=Text(
                        en="compare the contract's countries (GET /access lists them); it is not asked again by itself",
                        zh="请核对合同所含国家（GET /access 可列出）；系统不会自动重新查询",
                    ),
                ) from None
            else:
                raise
        return self._ask(query, self._ensure_token()[0])

    def _ask(self, query: Query, token: SecretStr) -> RawAnswer:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        if query.kind == "search":
            return self._http.get("companies", params=query.params, headers=headers)
        connect_id = quote(query.params["connect_id"], safe="")
        return self._http.get(f"companies/{connect_id}", params=REPORT_PARAMS, headers=headers)

    def _ensure_token(self) -> tuple[SecretStr, bool]:
        """Return a token, and whether it was given just now."""
        with self._lock:
            if self._token_until is not None and self._clock() < self._token_until:
                return self._token, False
            self._token = self._log_in()
            self._token_until = self._clock() + _TOKEN_LIFE
            return self._token, True

    def _forget(self, token: SecretStr) -> None:
        with self._lock:
            if self._token == token:
                self._token_until = None

    def _log_in(self) -> SecretStr:
        if self._refused or self._is_marked():
            raise self._refusal({"source": self._source})
        try:
            raw = self._http.post(
                "authenticate",
                json={
                    "username": self._settings.username,
                    "password": self._settings.password.get_secret_value(),
                },
            )
        except (AccessRefused, RateLimited) as error:
            if error.context.get("status") not in _LOG_IN_ENDS:
                raise
            refusal = self._remember_refusal(error)
        else:
            require_ok(raw)
            return SecretStr(Fields(read_json(raw)).need_text("token"))
        raise refusal

    def _remember_refusal(self, error: CouldNotAsk) -> AccessRefused:
        self._refused = True
        context = dict(error.context)
        if self._marker is not None:
            try:
                self._marker.write_text(self._fingerprint(), encoding="ascii")
            except OSError as trouble:
                context["marker"] = f"cannot be written ({type(trouble).__name__}); other processes may try once more"
        return self._refusal(context)

    def _refusal(self, context: dict[str, str]) -> AccessRefused:
        name = self._marker.name if self._marker else ""
        correct = Text(
            en="correct GATEHOUSE_CREDITSAFE_USERNAME and GATEHOUSE_CREDITSAFE_PASSWORD and start anew",
            zh="请更正 GATEHOUSE_CREDITSAFE_USERNAME 和 GATEHOUSE_CREDITSAFE_PASSWORD 后重新启动",
        )
        unlock = Text(
            en=f"{correct.en}; or, if they are right and the account has been unlocked, delete the file {name}",
            zh=f"{correct.zh}；如设置无误且账户已解锁，请删除文件 {name}",
        )
        return AccessRefused(
            Text(
                en="Creditsafe refused the log-in, and it is not tried again.",
                zh="Creditsafe 拒绝登录；为免账户被锁，系统不再重试。",
            ),
            context=context,
            remedy=unlock if name else correct,
        )

    def _is_marked(self) -> bool:
        """True where the marker is of this very user name and password, or cannot be read."""
        if self._marker is None:
            return False
        try:
            marked = self._marker.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return False
        except (OSError, UnicodeDecodeError):
            return True
        return not marked or marked == self._fingerprint()

    def _fingerprint(self) -> str:
        password, salt = self._settings.password.get_secret_value(), f"gatehouse:creditsafe:{self._settings.username}"
        return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _HASH_ROUNDS).hex()
