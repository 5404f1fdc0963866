"""The register's closed lists and what they mean to us.

From `constants.yml` and `filing_history_descriptions.yml` of companieshouse/api-enumerations, read in 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from admission.evidence.facts import CompanyStatus, EventKind, LegalKind, LegalStatus


@dataclass(frozen=True)
class Standing:
    """A standing in the register: what it means, and its own words."""

    status: CompanyStatus
    text: str


STANDINGS = {
    "active": Standing(CompanyStatus.ACTIVE, "Active"),
    "open": Standing(CompanyStatus.ACTIVE, "Open"),
    "registered": Standing(CompanyStatus.ACTIVE, "Registered"),
    "liquidation": Standing(CompanyStatus.IN_INSOLVENCY, "Liquidation"),
    "receivership": Standing(CompanyStatus.IN_INSOLVENCY, "Receiver action"),
    "voluntary-arrangement": Standing(CompanyStatus.IN_INSOLVENCY, "Voluntary arrangement"),
    "insolvency-proceedings": Standing(CompanyStatus.IN_INSOLVENCY, "Insolvency proceedings"),
    "administration": Standing(CompanyStatus.IN_INSOLVENCY, "In administration"),
    "dissolved": Standing(CompanyStatus.DISSOLVED, "Dissolved"),
    "converted-closed": Standing(CompanyStatus.DISSOLVED, "Converted / closed"),
    "closed": Standing(CompanyStatus.DISSOLVED, "Closed"),
    "removed": Standing(CompanyStatus.DISSOLVED, "Removed"),
}

PROPOSED_STRIKE_OFF = Standing(CompanyStatus.STRIKE_OFF_PROPOSED, "Active proposal to strike off")

# Only the proposal to strike off changes a standing; the others tell how the company came to it.
STANDING_DETAILS: dict[str, Standing | None] = {
    "active-proposal-to-strike-off": PROPOSED_STRIKE_OFF,
    "active": None,
    "dissolved": None,
    "converted-closed": None,
    "transferred-from-uk": None,
    "petition-to-restore-dissolved": None,
    "transformed-to-se": None,
    "converted-to-plc": None,
    "converted-to-uk-societas": None,
    "converted-to-ukeig": None,
}

LEGAL_FORMS = {
    "private-unlimited": "Private unlimited company",
    "ltd": "Private limited company",
    "plc": "Public limited company",
    "old-public-company": "Old public company",
    "private-limited-guarant-nsc-limited-exemption": "Private company limited by guarantee, exempt from 'Limited'",
    "private-limited-guarant-nsc": "Private company limited by guarantee without share capital",
    "private-limited-shares-section-30-exemption": "Private limited company, exempt from 'Limited'",
    "private-unlimited-nsc": "Private unlimited company without share capital",
    "limited-partnership": "Limited partnership",
    "llp": "Limited liability partnership",
    "scottish-partnership": "Scottish qualifying partnership",
    "converted-or-closed": "Converted or closed company",
    "oversea-company": "Overseas company",
    "registered-overseas-entity": "Overseas entity",
    "uk-establishment": "UK establishment of an overseas company",
    "royal-charter": "Royal charter company",
    "charitable-incorporated-organisation": "Charitable incorporated organisation",
    "scottish-charitable-incorporated-organisation": "Scottish charitable incorporated organisation",
    "industrial-and-provident-society": "Industrial and provident society",
    "registered-society-non-jurisdictional": "Registered society",
    "northern-ireland": "Northern Ireland company",
    "northern-ireland-other": "Credit union (Northern Ireland)",
    "unregistered-company": "Unregistered company",
}

# Registered in the UK, at home elsewhere: the register does not make them British companies.
FOREIGN_FORMS = frozenset({"oversea-company", "registered-overseas-entity", "uk-establishment"})

CHARGE_STATUS = {
    "outstanding": LegalStatus.OPEN,
    "part-satisfied": LegalStatus.OPEN,
    "satisfied": LegalStatus.CLOSED,
    "fully-satisfied": LegalStatus.CLOSED,
}


@dataclass(frozen=True)
class CaseType:
    """A kind of insolvency case.

    Attributes:
        status: of a case whose dates do not tell that it ended.
        receivership: True where the register has no date for the end, and only the receivers' leaving tells it.
    """

    text: str
    kind: LegalKind = LegalKind.INSOLVENCY
    status: LegalStatus = LegalStatus.OPEN
    receivership: bool = False


_MORATORIUM = "liquidation-moratorium"
CASE_TYPES = {
    "compulsory-liquidation": CaseType("Compulsory liquidation"),
    "creditors-voluntary-liquidation": CaseType("Creditors' voluntary liquidation"),
    # A declaration of solvency is sworn first: all creditors are to be paid in full.
    "members-voluntary-liquidation": CaseType("Members' voluntary liquidation", LegalKind.SOLVENT_LIQUIDATION),
    "in-administration": CaseType("In administration"),
    "administration-order": CaseType("Administration order"),
    "administrative-receiver": CaseType("Administrative receiver appointed", receivership=True),
    "scottish-administrative-receiver": CaseType("Receiver (Scotland) appointed", receivership=True),
    "receiver-manager": CaseType("Receiver or manager appointed", receivership=True),
    "corporate-voluntary-arrangement": CaseType("Corporate voluntary arrangement (CVA)"),
    "corporate-voluntary-arrangement-moratorium": CaseType("Corporate voluntary arrangement moratorium"),
    "order-of-court-restructuring-plan": CaseType("Restructuring plan"),
    "foreign-insolvency": CaseType("Foreign insolvency"),
    "moratorium": CaseType("Moratorium"),
    f"{_MORATORIUM}-commencement-of-moratorium": CaseType("Commencement of moratorium"),
    f"{_MORATORIUM}-extension-of-moratorium": CaseType(
        "Moratorium has been ended or extended", status=LegalStatus.UNCLEAR
    ),
    f"{_MORATORIUM}-early-end-of-moratorium": CaseType("Early end of moratorium", status=LegalStatus.CLOSED),
    f"{_MORATORIUM}-end-of-moratorium-by-monitor": CaseType(
        "End of moratorium by a monitor", status=LegalStatus.CLOSED
    ),
    f"{_MORATORIUM}-end-of-moratorium-by-court": CaseType("End of moratorium by a court", status=LegalStatus.CLOSED),
    f"{_MORATORIUM}-end-of-moratorium-following-disposal-of-application-for-extension-by-court"
    "-or-following-cva-proposal-taking-effect-or-being-withdrawn": CaseType(
        "End of moratorium after an application for extension or a CVA proposal", status=LegalStatus.CLOSED
    ),
    f"{_MORATORIUM}-court-order-permitting-disposal-of-goods": CaseType("Court order permitting disposal of goods"),
    # The register's own spelling.
    f"{_MORATORIUM}-replacement-or-additonal-monitor-following-court-order": CaseType("Replacement of the monitor"),
    f"{_MORATORIUM}-monitor-ceasing-to-act-following-court-order": CaseType("Monitor ceasing to act"),
}


class Step(Enum):
    """What a date of an insolvency case is about."""

    START = "start"
    END = "end"
    NEITHER = "neither"


CASE_DATES = {
    "petitioned-on": Step.START,
    "ordered-to-wind-up-on": Step.START,
    "wound-up-on": Step.START,
    "administration-started-on": Step.START,
    "voluntary-arrangement-started-on": Step.START,
    "moratorium-started-on": Step.START,
    "instrumented-on": Step.START,
    "declaration-solvent-on": Step.START,
    "concluded-winding-up-on": Step.END,
    "administration-ended-on": Step.END,
    "administration-discharged-on": Step.END,
    "voluntary-arrangement-ended-on": Step.END,
    "moratorium-ended-on": Step.END,
    "dissolved-on": Step.END,
    # May lie ahead, and may be put off.
    "due-to-be-dissolved-on": Step.NEITHER,
}

# The other categories (officers, owners, capital, address, ...) tell nothing about the standing of the company here.
KEPT_CATEGORIES = frozenset(
    {"accounts", "auditors", "dissolution", "gazette", "insolvency", "liquidation", "restoration"}
)
INSOLVENCY_CATEGORIES = frozenset({"insolvency", "liquidation"})

# By the key of the description, which is steadier than the form. A suspended strike-off (DISS16(SOAS), SOAS(A)) is put
# off for a creditor's objection, not withdrawn: it starts nothing and stops nothing, and has no event.
FILING_EVENTS = {
    "gazette-notice-compulsory": EventKind.STRIKE_OFF_NOTICE,
    # The register's own spelling of some years.
    "gazette-notice-compulsary": EventKind.STRIKE_OFF_NOTICE,
    "gazette-notice-voluntary": EventKind.STRIKE_OFF_NOTICE,
    "gazette-filings-brought-up-to-date": EventKind.STRIKE_OFF_STOPPED,
    "dissolution-voluntary-strike-off-discontinued": EventKind.STRIKE_OFF_STOPPED,
    "dissolution-withdrawal-application-strike-off-company": EventKind.STRIKE_OFF_STOPPED,
    "dissolution-withdrawal-application-strike-off-limited-liability-partnership": EventKind.STRIKE_OFF_STOPPED,
    "auditors-resignation-company": EventKind.AUDITOR_CHANGE,
    "auditors-resignation-limited-liability-partnership": EventKind.AUDITOR_CHANGE,
}
FILING_EVENTS_BY_FORM = {
    "GAZ1": EventKind.STRIKE_OFF_NOTICE,
    "GAZ1(A)": EventKind.STRIKE_OFF_NOTICE,
    "DISS40": EventKind.STRIKE_OFF_STOPPED,
    "DISS40(SOAD)": EventKind.STRIKE_OFF_STOPPED,
    "DS02": EventKind.STRIKE_OFF_STOPPED,
    "AUD": EventKind.AUDITOR_CHANGE,
}
