"""SEC EDGAR: companies that file with the US Securities and Exchange Commission.

What it tells: name, former names, EIN, industry, address; annual accounts of the last three years from XBRL; filings
that announce bankruptcy, accelerated debt, impairments, delisting, change of auditor, withdrawn accounts, late filing.
What it cannot: it has no date of incorporation and no standing of the company; nothing on companies that do not file.
Item 1.03 of form 8-K says "bankruptcy or receivership" and not which step of it; the step is inferred, and says so.

History of the layout, as seen:
- 2026-03-25: `filings.recent` has a column `core_type`; addresses have `isForeignLocation`, `foreignStateTerritory`,
  `country` and `countryCode`; `lei` is there and nearly always null.
- An unknown CIK, or one without XBRL, is 404 with an XML body of code NoSuchKey.
- `cik` of companyfacts is a number in most files and a text in some.
"""

from __future__ import annotations

from admission.evidence.sources import Connector
from connectors.kit import Kit
from connectors.sec_edgar.client import SecEdgar


def connector(kit: Kit) -> Connector:
    """Return the connector to SEC EDGAR."""
    return SecEdgar(kit)
