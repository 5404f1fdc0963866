"""Official company numbers, each checked and brought into its one written form.

Check digits: LEI by ISO 17442 (ISO 7064 mod 97-10); unified social credit code by GB 32100-2015 with the organisation
code inside it by GB 11714-1997; French and German VAT numbers are checked for shape alone.

Of social credit codes there are real ones whose check characters do not fit: the first were given out before the
software of all places reckoned them as the standard says. So such a code is taken, and a person is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from admission.errors import Invalid
from admission.model import Text

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UK_PREFIXES = (
    "SC|NI|OC|SO|NC|FC|BR|CE|CS|RS|RC|IP|SP|NP|LP|SL|NL|ZC|SZ|NZ|GE|GN|GS|IC|SI|AC|SA|NA|R0|RR|PC|NO|OE|ES|SE"
)
_VAT_SHAPES = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-Z0-9]{2}\d{9}",
    "GB": r"(\d{9}|\d{12}|GD\d{3}|HA\d{3})",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"(\d{9}|\d{12})",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"(\d{9}|\d{12}|GD\d{3}|HA\d{3})",
}


def _compact(value: str) -> str:
    return re.sub(r"[\s.\-/]", "", value).upper()


def cik(value: str) -> str:
    """SEC central index key: up to ten digits, written with leading zeros."""
    digits = value.strip()
    if not re.fullmatch(r"[0-9]{1,10}", digits) or int(digits) == 0:
        raise Invalid(Text(en="one to ten digits, such as 0000320193", zh="一至十位数字，如 0000320193"))
    return digits.zfill(10)


def uk_company_number(value: str) -> str:
    """Companies House number: eight characters, digits or a two-character prefix and six digits."""
    number = _compact(value)
    if re.fullmatch(r"[0-9]{1,8}", number) and int(number):
        return number.zfill(8)
    if re.fullmatch(rf"({_UK_PREFIXES})[0-9]{{5}}[0-9R]", number):
        return number
    raise Invalid(
        Text(
            en="eight digits, or a two-letter prefix and six digits, such as 00445790 or SC123456",
            zh="八位数字，或两位字母前缀加六位数字，如 00445790 或 SC123456",
        )
    )


def lei(value: str) -> str:
    """Legal entity identifier: 18 characters and two check digits (ISO 17442)."""
    code = _compact(value)
    if not re.fullmatch(r"[A-Z0-9]{18}[0-9]{2}", code):
        raise Invalid(
            Text(en="twenty characters, the last two of them check digits", zh="二十个字符，最后两位为校验码")
        )
    fits = int("".join(str(int(character, 36)) for character in code)) % 97 == 1
    # 00, 01 and 99 would fit where 97, 98 and 02 do; the standard gives out only the latter.
    if not fits or code[18:] in ("00", "01", "99"):
        raise Invalid(Text(en="its two check digits do not fit (ISO 17442)", zh="两位校验码不符（ISO 17442）"))
    return code


def uscc(value: str) -> str:
    """Chinese unified social credit code: 18 characters with two check characters (GB 32100, GB 11714)."""
    code = _uscc_as_written(value)
    if (why := _uscc_misfit(code)) is not None:
        raise Invalid(why)
    return code


def _uscc_as_written(value: str) -> str:
    code = _compact(value)
    if len(code) != 18 or any(character not in USCC_ALPHABET for character in code):
        raise Invalid(
            Text(
                en="eighteen characters, digits and capital letters without I, O, S, V and Z",
                zh="十八位，由数字和大写字母组成，不含 I、O、S、V、Z",
            )
        )
    if len(set(code)) == 1:
        raise Invalid(Text(en="not eighteen times the same character", zh="不能是十八个相同的字符"))
    return code


def _uscc_misfit(code: str) -> Text | None:
    organisation = code[8:17]
    total = sum(
        _ORGANISATION_ALPHABET.index(character) * weight
        for character, weight in zip(organisation[:8], _ORGANISATION_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    if organisation[8] != {10: "X", 11: "0"}.get(check, str(check)):
        return Text(
            en="the check character of its organisation code (place 17) does not fit (GB 11714)",
            zh="第 17 位主体标识码（组织机构代码）校验码不符（GB 11714）",
        )
    total = sum(USCC_ALPHABET.index(character) * weight for character, weight in zip(code, _USCC_WEIGHTS, strict=False))
    if code[17] != USCC_ALPHABET[(31 - total % 31) % 31]:
        return Text(en="its last check character does not fit (GB 32100)", zh="最后一位校验码不符（GB 32100）")
    return None


def vat(value: str) -> str:
    """European or British VAT number with its country prefix; the shape is checked, and mod 97 for British ones."""
    number = _compact(value)
    shape = _VAT_SHAPES.get(number[:2])
    if shape is None:
        raise Invalid(Text(en="a country prefix first, such as GB, DE or FR", zh="以国家代码开头，如 GB、DE 或 FR"))
    if not re.fullmatch(shape, number[2:], re.ASCII):
        raise Invalid(Text(en=f"the shape of a VAT number of {number[:2]}", zh=f"{number[:2]} 增值税号的格式"))
    if number[:2] in ("GB", "XI") and number[2:11].isdigit():
        total = sum(int(digit) * weight for digit, weight in zip(number[2:9], range(8, 1, -1), strict=True))
        total += int(number[9:11])
        if total % 97 != 0 and (total + 55) % 97 != 0:
            raise Invalid(
                Text(
                    en="its two check digits do not fit (mod 97, or mod 97 with 55)",
                    zh="两位校验码不符（模 97，或模 97 加 55）",
                )
            )
    return number


def ein(value: str) -> str:
    """US employer identification number: nine digits, written 12-3456789."""
    digits = _compact(value)
    if not re.fullmatch(r"[0-9]{9}", digits) or digits == "000000000":
        raise Invalid(Text(en="nine digits, such as 94-2404110", zh="九位数字，如 94-2404110"))
    return f"{digits[:2]}-{digits[2:]}"


def duns(value: str) -> str:
    """D-U-N-S number: nine digits (its old check digit is no longer kept by D&B)."""
    digits = _compact(value)
    if not re.fullmatch(r"[0-9]{9}", digits) or digits == "000000000":
        raise Invalid(Text(en="nine digits, such as 150483782", zh="九位数字，如 150483782"))
    return digits


CHECKS: dict[str, Callable[[str], str]] = {
    "cik": cik,
    "uk_company_number": uk_company_number,
    "lei": lei,
    "uscc": uscc,
    "vat": vat,
    "ein": ein,
    "duns": duns,
}


def checked(kind: str, value: str) -> str:
    """Return the number in its one written form.

    Raises:
        KeyError: no such kind of identifier.
        Invalid: the number is wrong; it says what would be right.
    """
    return CHECKS[kind](value)


def taken(kind: str, value: str) -> str:
    """Return the number in its one written form, a social credit code whose check characters do not fit as well.

    For what people and registers say of a company; a list that is to be matched is held to `checked`.

    Raises:
        KeyError: no such kind of identifier.
        Invalid: the number is wrong; it says what would be right.
    """
    return _uscc_as_written(value) if kind == "uscc" else checked(kind, value)


def misfit(kind: str, number: str) -> Text | None:
    """Return why a number that was taken may be misprinted; None where its check characters fit.

    Args:
        kind: of the number.
        number: in its written form.
    """
    return _uscc_misfit(number) if kind == "uscc" else None
