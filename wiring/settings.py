"""All settings of the house, read from the environment (`GATEHOUSE_...`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from admission.errors import BadInput, Problem
from admission.model import Language, Text
from admission.problems import problems_of

PREFIX = "GATEHOUSE_"
AS_JSON = Text(en="JSON, such as [2.0, 8.0]", zh="JSON，如 [2.0, 8.0]")


class Settings(BaseSettings):
    """Settings of the house; those of a source are named after it (see docs/sources.md).

    Raises:
        BadInput: a setting has a value that cannot be; its problem names the variable.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    data: Path = Field(
        default=Path("~/.gatehouse"), description="folder of the casebook, raw answers and Prefect's own database"
    )
    database_url: SecretStr | None = Field(
        default=None, description="casebook on Postgres, such as postgresql://user@host/name; SQLite in `data` if unset"
    )
    policy: Path | None = Field(
        default=None, description="policy file, while no version is published; the shipped one if unset"
    )
    rates: Path | None = Field(default=None, description="CSV of exchange rates: currency,to,on,per_unit")
    industry_benchmarks: Path | None = Field(
        default=None, description="CSV of industry quartiles: code,metric,q1,median,q3,source,date"
    )
    industry_risk: Path | None = Field(default=None, description="CSV of industry risk: code,level,source,date")
    contact: str = Field(default="", description="name and e-mail sent to sources that ask who is asking")
    sandbox_url: str | None = Field(default=None, description="address of the sandbox; all sources are asked there")
    redis_url: SecretStr | None = Field(default=None, description="shared rate limits on Redis instead of a file")
    language: Language = Field(default="en", description="language of the command line: en or zh")
    host: str = Field(default="127.0.0.1", description="address that desk and Prefect listen on")
    prefect_port: int = Field(default=4200, ge=1, le=65535, description="port of the Prefect server and its UI")
    desk_port: int = Field(default=4280, ge=1, le=65535, description="port of the desk")
    waiting_limit: int = Field(
        default=500, ge=0, description="above this many waiting cases, runs end AwaitingDecision instead of suspending"
    )
    lease_seconds: int = Field(default=300, ge=10, description="how long a run may move a case without renewing")
    retry_delays: tuple[float, ...] = Field(
        default=(2.0, 8.0), description="seconds before a source that was unavailable is asked again"
    )

    audit_head_file: Path | None = Field(
        default=None, description="file that daily heads of the audit chain are added to; in `data` if unset"
    )
    audit_head_webhook: SecretStr | None = Field(
        default=None, description="address that daily heads of the audit chain are posted to as JSON"
    )
    audit_head_mail: str = Field(default="", description="mailbox that daily heads of the audit chain are sent to")
    notice_mail: str = Field(
        default="", description="mailbox of the house that is told of late votes and changed deployments"
    )
    notice_webhook: SecretStr | None = Field(
        default=None, description="address that notices of late votes and changed deployments are posted to as JSON"
    )
    public_url: str = Field(
        default="", description="address of the desk as people open it, where a proxy stands before it"
    )
    trusted_proxy: str = Field(
        default="", description="address of the proxy before the desk, which may say where a request came from"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="how desk and Prefect log: text or json")
    prefect_run_days: int = Field(
        default=90, ge=1, description="days after which `gatehouse up` lets Prefect remove runs that have ended"
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="what whoever reads /metrics must send as a bearer token; closed if unset"
    )
    mail_from: str = Field(default="", description="address that the house's mails come from")
    smtp: SecretStr | None = Field(
        default=None,
        description="mail server, such as smtps://user:password@host or smtp+starttls://user:password@host",
    )

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except (ValidationError, SettingsError) as error:
            raise bad_setting(PREFIX, error) from None

    @property
    def head_file(self) -> Path:
        """The file of published heads."""
        return (self.audit_head_file or self.folder / "audit-heads.jsonl").expanduser()

    @property
    def folder(self) -> Path:
        """The data folder, with `~` resolved."""
        return self.data.expanduser().resolve()

    @property
    def casebook_url(self) -> str:
        """The casebook's database."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.folder / 'casebook.sqlite'}"

    @property
    def desk_url(self) -> str:
        """Address of the desk on this machine."""
        return f"http://{self.host}:{self.desk_port}"

    @property
    def sender(self) -> str:
        """Address that notices come from; "" where none is set."""
        return self.mail_from or self.notice_mail

    def case_link(self, reference: str) -> str:
        """Return the address of a case's page at the desk, as people open it."""
        return f"{(self.public_url or self.desk_url).rstrip('/')}/cases/{reference}"


def bad_setting(prefix: str, error: ValidationError | SettingsError) -> BadInput:
    """Turn a complaint about settings into ours, which names the variables.

    Args:
        prefix: what the variables' names begin with.
        error: what pydantic said.
    """
    problems = (
        problems_of(error) if isinstance(error, ValidationError) else [Problem(_field_named_by(error), "", AS_JSON)]
    )
    named = [
        Problem(f"{prefix}{problem.field.partition('.')[0].upper()}", problem.value, problem.expected)
        for problem in problems
    ]
    return BadInput(
        Text(en="A setting cannot be used.", zh="有一项设置无法使用。"),
        problems=named,
        remedy=Text(en="change or unset it", zh="请修改或取消该设置"),
    )


def _field_named_by(error: SettingsError) -> str:
    """Return the field that a SettingsError names; it has it in its message alone."""
    return str(error).partition('field "')[2].partition('"')[0]
