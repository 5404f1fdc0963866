"""SEC EDGAR: companies that file with the US Securities and Exchange Commission.

What it tells: name, former names, EIN, industry, address; annual accounts of the last three years from XBRL; filings
that announce bankruptcy, accelerated debt, impairments, delisting, change of auditor, withdrawn accounts, late filing.
What it cannot: it has no date of incorporation and no standing of the company; nothing on companies that do not file.
Item 1.03 of form 8-K says "bankruptcy or receivership" and not which step of it; the step is inferred, and says so.

Silence: form 8-K is owed by companies that file 10-K and 10-Q, and by no one else. Where the newest of those is more
than 15 months old on the day of the assessment, or there is none (foreign issuers, companies that have deregistered),
no bankruptcy on the list says nothing. `silence` leaves it open; `older` reads back as far as the question goes.

Accounts: which of several values counts is told in `figures`, `revenue` and `intangibles`; what cannot be told is a
doubt on that figure, and the rest of the accounts holds.

What nobody can notice in its answers: a filing that is left out of all columns of a list; the last of the named files
of older filings, left out; another company's list under a file's name (these lists name nobody); one of two values of
one concept, left out; a concept left out with its values of all years.

History of the layout, as seen:
- 2026-03-25: `filings.recent` has a column `core_type`; addresses have `isForeignLocation`, `foreignStateTerritory`,
  `country` and `countryCode`; `lei` is there and nearly always null.
- An unknown CIK, or one without XBRL, is 404 with an XML body of code NoSuchKey.
- `cik` of companyfacts is a number in most files and a text in some; `label` of a concept may be null.
- 2026-11: `filings.files[].filingCount` equals the rows of that file, where both are recorded.
- 2026-11, parser 3: payables and cost of sales are read.
"""

from __future__ import annotations

from admission.evidence.sources import Connector
from connectors.kit import Kit
from connectors.sec_edgar.client import SecEdgar


def connector(kit: Kit) -> Connector:
    """Return the connector to SEC EDGAR."""
    return SecEdgar(kit)
