"""An application: a company asks to become a customer. All of it is checked before anything is stored or asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, WithJsonSchema, field_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from admission.errors import BadInput, Invalid, Problem
from admission.free_text import plain_line
from admission.identifiers import CHECKS, taken
from admission.model import Record, Text, left_out
from admission.money import Currency, Money
from admission.problems import A_DAY, A_WHOLE_NUMBER, AN_AMOUNT, no_such, problems_of, shortened

MAX_AMOUNT = Decimal(10) ** 15
MAX_LINE = 1000
MAX_NUMBER = 40
A_COUNTRY = Text(
    en="a two-letter ISO 3166 country code in capitals, such as US, GB or CN",
    zh="ISO 3166 两位大写国家代码，如 US、GB 或 CN",
)
IDENTIFIER = Text(en="identifier", zh="企业识别号类型")
NOT_IN_A_FILE = Text(
    en="nothing; another limit of a customer is asked for with `gatehouse limit ask`",
    zh="不填；变更客户额度请用 gatehouse limit ask",
)
AN_APPLICATION = Text(en="a table of fields such as legal_name and country", zh="由 legal_name、country 等字段组成的表")

# ISO 3166-1 alpha-2, official assignments.
COUNTRIES = frozenset(
    """AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB
    GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
    MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB
    SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US
    UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW""".split()
)


def _clean_line(value: object) -> object:
    if isinstance(value, str):
        if len(value) > MAX_LINE:
            raise Invalid(
                Text(
                    en=f"one line of text, far shorter than {MAX_LINE} characters",
                    zh=f"一行文本，远少于 {MAX_LINE} 个字符",
                )
            )
        return unicodedata.normalize("NFC", " ".join(value.split()))
    return value


def _check_country(value: str) -> str:
    if value not in COUNTRIES:
        raise Invalid(A_COUNTRY)
    return value


def _refuse_float(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Invalid(AN_AMOUNT)
    return value


def no_bool(value: object) -> object:
    """Refuse truth values where a whole number is asked for; Python takes them for 0 and 1."""
    if isinstance(value, bool):
        raise Invalid(A_WHOLE_NUMBER)
    return value


def _plain_day(value: object) -> object:
    # Left to itself pydantic reads a year such as 2009 as seconds since 1970.
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise Invalid(A_DAY)


Line = Annotated[str, BeforeValidator(_clean_line), AfterValidator(plain_line)]
Country = Annotated[str, AfterValidator(_check_country)]
# Forms (the Prefect UI's among them) take amounts as text, so that no digit is lost on the way.
AMOUNT_SCHEMA = WithJsonSchema({"type": "string", "description": 'an amount, such as "500000"'})
Amount = Annotated[
    Decimal,
    BeforeValidator(_refuse_float),
    Field(gt=0, le=MAX_AMOUNT, decimal_places=4, allow_inf_nan=False),
    AMOUNT_SCHEMA,
]
Day = Annotated[date, BeforeValidator(_plain_day)]


class Requested(Record):
    """What the applicant asks for.

    Attributes:
        limit: credit limit, in whole or decimal units of `currency`.
        terms_days: days from invoice to due day.
        annual_sales: what the house expects to sell it in a year, without VAT; the need follows from it.
        cover: worth of the guarantees, insurance, letters of credit or deposits that are offered with the request.
    """

    limit: Amount
    currency: Currency
    terms_days: Annotated[int, BeforeValidator(no_bool), Field(ge=0, le=365)]
    annual_sales: Amount | None = left_out(None)
    cover: Amount | None = left_out(None)

    @property
    def money(self) -> Money:
        """The limit asked for, with its currency."""
        return Money(amount=self.limit, currency=self.currency)


class DeclaredAmount(Record):
    """An amount the applicant states about itself."""

    amount: Annotated[
        Decimal,
        BeforeValidator(_refuse_float),
        Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT, decimal_places=4, allow_inf_nan=False),
        AMOUNT_SCHEMA,
    ]
    currency: Currency

    @property
    def money(self) -> Money:
        """The amount as money."""
        return Money(amount=self.amount, currency=self.currency)


class TradeReference(Record):
    """A supplier that already lends to the applicant, and how much; as the applicant says.

    Attributes:
        supplier: its name.
        limit: the credit limit it gives.
    """

    supplier: Annotated[Line, Field(min_length=1, max_length=300)]
    limit: DeclaredAmount


class Declared(Record):
    """What the applicant says of itself. It is compared with what sources say, never used in their place."""

    founded: Day | None = None
    annual_revenue: DeclaredAmount | None = None
    total_assets: DeclaredAmount | None = None
    net_income: DeclaredAmount | None = None
    headcount: Annotated[int, BeforeValidator(no_bool), Field(ge=0, le=10_000_000)] | None = None
    trade_references: Annotated[tuple[TradeReference, ...], Field(max_length=20)] = left_out(())


class Granted(Record):
    """What a customer has by the last decision, when another limit or other terms are asked for.

    Attributes:
        limit: granted, in units of `currency`.
        terms_days: days from invoice to due day.
        open_limit: what of the limit needs no security.
    """

    limit: Decimal
    currency: Currency
    terms_days: int
    open_limit: Decimal


class AskedChange(Record):
    """That an application asks for another limit or other terms of a customer.

    Attributes:
        today: what the customer has, on which the request is made.
        because: why, in the words of who asks.
    """

    today: Granted
    because: Annotated[str, Field(min_length=1, max_length=MAX_LINE)]


class Application(Record):
    """A company asks to become a customer, or a customer for another limit.

    Attributes:
        change: of a request for another limit alone. The house sets it, no file and no form.
    """

    legal_name: Annotated[Line, Field(min_length=1, max_length=300)]
    country: Annotated[Country, Field(description="ISO 3166 code, such as US, GB or CN")]
    identifiers: dict[str, str] = Field(
        default_factory=dict,
        description=f'official numbers, such as {{"cik": "0000320193"}}; known: {", ".join(CHECKS)}',
    )
    segment: Annotated[Line, Field(min_length=1, max_length=60, description="a segment of the policy")] = "standard"
    group: (
        Annotated[Line, Field(min_length=1, max_length=300, description="the group of companies it belongs to")] | None
    ) = left_out(None)
    independent: Annotated[bool, Field(description="true where it belongs to no group of companies")] = left_out(False)
    requested: Requested
    declared: Declared = Declared()
    change: SkipJsonSchema[AskedChange | None] = left_out(None)

    @field_validator("identifiers", mode="before")
    @classmethod
    def _checked_numbers(cls, value: object) -> dict[str, str]:
        if not isinstance(value, Mapping):
            raise Invalid(
                Text(
                    en=f"a table of identifiers: {', '.join(CHECKS)}",
                    zh=f"由企业识别号组成的表：{'、'.join(CHECKS)}",
                )
            )
        numbers: dict[str, str] = {}
        wrong: list[InitErrorDetails] = []
        for kind, number in sorted(((str(kind), number) for kind, number in value.items()), key=lambda pair: pair[0]):
            try:
                numbers[kind] = _checked_number(kind, number)
            except Invalid as error:
                told = PydanticCustomError("value_error", "{error}", {"error": error})
                wrong.append(InitErrorDetails(type=told, loc=(shortened(kind),), input=number))
        if wrong:
            # Pydantic takes these over one by one, so that each problem names its identifier.
            raise ValidationError.from_exception_data("identifiers", wrong)
        return numbers

    @property
    def subject(self) -> Subject:
        """The company that the application is about."""
        return Subject(legal_name=self.legal_name, country=self.country, identifiers=self.identifiers)


def _checked_number(kind: str, number: object) -> str:
    if kind not in CHECKS:
        raise Invalid(no_such(IDENTIFIER, kind, CHECKS))
    if not isinstance(number, str):
        raise Invalid(
            Text(
                en='the number in quotes, so that leading zeros stay, such as "0000320193"',
                zh='加引号的号码，以保留前导零，如 "0000320193"',
            )
        )
    if len(number) > MAX_NUMBER:
        raise Invalid(Text(en=f"at most {MAX_NUMBER} characters", zh=f"不超过 {MAX_NUMBER} 个字符"))
    return taken(kind, number)


class Subject(Record):
    """The company that is asked about."""

    legal_name: str
    country: str
    identifiers: dict[str, str] = Field(default_factory=dict)

    @property
    def company_key(self) -> str:
        """One text for one company: its best official number, or else its name and country."""
        for kind in ("lei", "uscc", "uk_company_number", "cik", "ein", "vat", "duns"):
            if kind in self.identifiers:
                return f"{kind}:{self.identifiers[kind]}"
        return f"name:{self.country}:{self.legal_name.casefold()}"


def parse_application(document: object, *, row: int | None = None) -> Application:
    """Read an application from a parsed document.

    Args:
        document: what JSON or YAML gave.
        row: its row where it came from a table; named in every problem.

    Raises:
        BadInput: with every problem at once.
    """
    if not isinstance(document, Mapping):
        raise BadInput(
            Text(en="This is not an application.", zh="这不是一份准入申请。"),
            problems=(Problem("", shortened(document), AN_APPLICATION, row),),
        )
    if document.get("change") is not None:
        problem = Problem("change", shortened(document["change"]), NOT_IN_A_FILE, row)
        raise BadInput(Text(en="The application cannot be taken.", zh="申请无法受理。"), problems=(problem,))
    try:
        return Application.model_validate(dict(document))
    except ValidationError as error:
        problems = problems_of(error, row=row, model=Application)
        raise BadInput(Text(en="The application cannot be taken.", zh="申请无法受理。"), problems=problems) from None
