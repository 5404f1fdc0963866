"""The sources that examples speak of: their names, what they are asked, and whom they know, by country."""

from __future__ import annotations

from admission.evidence.facts import LegalKind
from admission.evidence.topics import Topic
from admission.evidence.uploads import OFFICIAL_TOPICS

CURRENCIES = {"GB": "GBP", "US": "USD", "CN": "CNY"}
NAMES = {"GB": "Example Works Limited", "US": "Example Works, Inc.", "CN": "示例制造有限公司"}
# Numbers of the right shape; that of CN is the one the standard itself shows.
IDENTIFIERS = {
    "GB": {"uk_company_number": "09000001"},
    "US": {"cik": "0009000001"},
    "CN": {"uscc": "91350100M000100Y43"},
}
INDUSTRIES = {"GB": "uk-sic:25620", "US": "us-sic:3560", "CN": "cn-gbt4754:3484"}
REGISTERS = {"GB": "uk_companies_house", "US": "sec_edgar", "CN": "manual_evidence"}
BUREAU, LISTS, UPLOAD, SITES, GAZETTE = "creditsafe", "ofac_sdn", "financials_upload", "manual_evidence", "uk_gazette"
PAPER = "cn_paper_overdue"
# Questions of the registers that follow on the first one.
FOLLOWING = {
    "GB": {
        "officers": Topic.OFFICERS,
        "charges": Topic.CHARGES,
        "insolvency": Topic.INSOLVENCY,
        "filing_history": Topic.FILINGS,
    }
}
FIRST_QUESTION = {"GB": "profile", "US": "submissions", "CN": "registration"}
FIRST_TOPICS = {
    "US": (Topic.IDENTITY, Topic.FILINGS, Topic.INSOLVENCY),
    "CN": (Topic.IDENTITY, Topic.REGISTRATION),
}
# What the bureau tells of courts, by country.
COURTS = {"GB": (Topic.JUDGMENTS,), "IE": (Topic.JUDGMENTS,), "US": (Topic.JUDGMENTS, Topic.LAWSUITS)}
SITE_TOPICS = {kind: topic for kind, topic in OFFICIAL_TOPICS.items() if kind != "registration"}
SITE_KINDS = {
    LegalKind.DISHONEST_DEBTOR: "dishonest_debtor",
    LegalKind.ENFORCEMENT: "enforcement",
    LegalKind.CONSUMPTION_LIMIT: "consumption_limit",
    LegalKind.ABNORMAL_OPERATIONS: "abnormal_operations",
    LegalKind.PENALTY: "penalties",
    LegalKind.INSOLVENCY: "insolvency",
    LegalKind.WINDING_UP_PETITION: "insolvency",
    LegalKind.LAWSUIT: "lawsuits",
    LegalKind.COMMERCIAL_PAPER_OVERDUE: "commercial_paper",
}
