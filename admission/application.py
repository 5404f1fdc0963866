"""An application: a company asks to become a customer. All of it is checked before anything is stored or asked."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from admission.errors import BadInput, Invalid, Problem
from admission.identifiers import CHECKS, checked
from admission.model import Record, left_out
from admission.money import Currency, Money

MAX_AMOUNT = Decimal(10) ** 15
MAX_LINE = 1000

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
            raise ValueError(f"one line of text, far shorter than {MAX_LINE} characters")
        return unicodedata.normalize("NFC", " ".join(value.split()))
    return value


def _printable(value: str) -> str:
    if any(unicodedata.category(character).startswith("C") for character in value):
        raise ValueError("text without control characters")
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise ValueError("a two-letter ISO 3166 country code in capitals, such as US, GB or CN")
    return value


def _no_float(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError('an amount in quotes, such as "500000" or "1250.50"')
    return value


def no_bool(value: object) -> object:
    """Refuse truth values where a whole number is asked for; Python takes them for 0 and 1."""
    if isinstance(value, bool):
        raise ValueError("a whole number")
    return value


def _plain_day(value: object) -> object:
    # Left to itself pydantic reads a year such as 2009 as seconds since 1970.
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("a day such as 2009-05-31")


Line = Annotated[str, BeforeValidator(_clean_line), AfterValidator(_printable)]
Country = Annotated[str, AfterValidator(_country)]
# Forms (the Prefect UI's among them) take amounts as text, so that no digit is lost on the way.
AMOUNT_SCHEMA = WithJsonSchema({"type": "string", "description": 'an amount, such as "500000"'})
Amount = Annotated[
    Decimal,
    BeforeValidator(_no_float),
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
        BeforeValidator(_no_float),
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


class Application(Record):
    """A company asks to become a customer."""

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
    requested: Requested
    declared: Declared = Declared()

    @field_validator("identifiers", mode="before")
    @classmethod
    def _checked_numbers(cls, value: object) -> dict[str, str]:
        if not isinstance(value, Mapping):
            raise ValueError(f"a table of identifiers: {', '.join(CHECKS)}")
        numbers: dict[str, str] = {}
        wrong: list[InitErrorDetails] = []
        for kind, number in sorted(((str(kind), number) for kind, number in value.items()), key=lambda pair: pair[0]):
            try:
                numbers[kind] = _checked_number(kind, number)
            except ValueError as error:
                told = PydanticCustomError("value_error", "{error}", {"error": str(error)})
                wrong.append(InitErrorDetails(type=told, loc=(_shortened(kind),), input=number))
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
        nearest = difflib.get_close_matches(kind[:60], CHECKS, 1)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        raise ValueError(f"no such identifier; one of {', '.join(CHECKS)}{hint}")
    if not isinstance(number, str):
        raise ValueError('the number in quotes, so that leading zeros stay, such as "0000320193"')
    if len(number) > 40:
        raise ValueError("at most 40 characters")
    return checked(kind, number)


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


_EXPECTED = {
    "missing": "this field is required",
    "extra_forbidden": "no such field",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "string_type": "text",
    "string_too_short": "not empty",
    "string_too_long": "at most {max_length} characters",
    "too_short": "not empty: at least {min_length}",
    "too_long": "a length of at most {max_length}",
    "model_type": "a table of fields",
    "model_attributes_type": "a table of fields",
    "decimal_parsing": 'an amount in quotes, such as "500000"',
    "decimal_max_places": "at most {decimal_places} places after the point",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table of fields",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_from_datetime_parsing": "a day, such as 2026-11-26",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a finite amount",
}


def problems_of(
    error: ValidationError,
    *,
    row: int | None = None,
    model: type[BaseModel] = Application,
    most: int | None = None,
) -> tuple[Problem, ...]:
    """Turn pydantic's complaints into ours: which field, what was given, what would be right.

    Args:
        error: what pydantic found.
        row: row of a table, named in every problem.
        model: what was read; fields that it does not have are told with the nearest one that it has.
        most: how many are told; None for all.
    """
    return tuple(_problem(dict(item), row, model) for item in error.errors(include_url=False)[:most])


def _problem(item: dict[str, Any], row: int | None, model: type[BaseModel]) -> Problem:
    kind = str(item["type"])
    if kind in ("too_short", "too_long") and isinstance(item.get("input"), str):
        kind = f"string_{kind}"
    context = {name: _plain_amount(value) for name, value in (item.get("ctx") or {}).items()}
    if kind == "value_error":
        error = context.get("error", item["msg"])
        if isinstance(error, Invalid):
            where = ".".join(map(str, item["loc"]))
            return Problem(field=where, value=_shortened(item.get("input")), expected=error.expected, row=row)
        expected = str(error)
    else:
        expected = _EXPECTED[kind].format(**context) if kind in _EXPECTED else str(item["msg"])
    path = [str(part) for part in item["loc"]]
    if kind == "extra_forbidden":
        known = _fields_at(model, item["loc"][:-1])
        nearest = difflib.get_close_matches(path[-1][:60], known, 1)
        expected += f"; did you mean {nearest[0]}?" if nearest else f"; known are {', '.join(known)}"
    if kind in ("literal_error", "enum"):
        known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        nearest = difflib.get_close_matches(str(item.get("input"))[:60], known, 1)
        expected = f"one of {', '.join(known)}" + (f"; did you mean {nearest[0]}?" if nearest else "")
    given = "" if kind == "missing" else _shortened(item.get("input"))
    return Problem(field=".".join(path), value=given, expected=expected, row=row)


def _plain_amount(value: object) -> object:
    # Some of pydantic's bounds come as the text of a Decimal's repr.
    written = re.fullmatch(r"Decimal\('(.*)'\)", str(value))
    return f"{Decimal(written[1]):f}" if written else value


def _fields_at(model: type[BaseModel], path: Iterable[int | str]) -> list[str]:
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models_in(model.model_fields[part].annotation), model)
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _shortened(value: object) -> str:
    try:
        text = str(value)
    except ValueError:
        # Python writes no whole number of more than 4300 digits.
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


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
            "This is not an application.",
            problems=(Problem("", _shortened(document), "a table of fields such as legal_name and country", row),),
        )
    try:
        return Application.model_validate(dict(document))
    except ValidationError as error:
        raise BadInput("The application cannot be taken.", problems=problems_of(error, row=row)) from None
