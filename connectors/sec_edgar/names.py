"""Names as the SEC writes them, and as the company bears them."""

from __future__ import annotations

import re

# Where companies of one name, or one company twice, would have collided, EDGAR adds a state or another mark: "/DE/",
# "/MN", "/ADR", "/NEW/". Between two slashes any short word is such a mark; after one alone, only a known one,
# for a name may hold a slash of its own.
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR"
    "|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|VI|WA|WV|WI|WY"
)
_MARKS = "ADR|ADS|NEW|OLD|CAN|UK|ENG|GBR|CN|HK|IRL|JPN|NL|MTN"
_MARK = rf"[/\\]\s*(?:[A-Za-z][A-Za-z .]{{0,11}}[/\\]|(?:{_STATES}|{_MARKS})\s*[/\\]?)"
_SUFFIX = re.compile(rf"\s*(?:{_MARK}|[/\\])\s*$", re.IGNORECASE)


def company_name(filed: str) -> str:
    """Return a name without the marks that EDGAR puts behind it; as filed where nothing else would be left."""
    name = filed.strip()
    while (shorter := _SUFFIX.sub("", name).strip()) and shorter != name:
        name = shorter
    return name
