"""Annual statements that a person uploads: XLSX or CSV in the common Chinese layout, or an English one.

What it tells: balance sheet, income statement and cash flow of each year in the file, in whole units of the currency.

What it cannot tell:

- Whether the figures are true or audited. They are the applicant's own, and the memo says so.
- What the file leaves to the reader: without a unit, a day, or (in English and traditional Chinese) a currency, or
  where a month may be the year to it, a point may part thousands, or a statement may be the group's, nothing is taken:
  it is asked about, with what to change.
- Parts of a year, forecasts and budgets. Their columns are left out and told.
- Tables turned on their side (years down the page).
- A line that is gone without a trace. Without its line of intangibles a balance sheet looks whole, and so does an
  income statement without 利息费用, for which the whole of 财务费用 stands in.
- A unit that is wrong throughout the file. Where tables or years are out of proportion to each other, it is asked
  about.

How a file is read: `tables.py` parts a sheet into tables; `context.py` takes what the lines above each say (in which
unit, of when, whose); `headings.py` and `blocks.py` read its headings, whole or not at all; `periods.py` settles which
columns are of a year that has ended; `lines.py` reads the lines; `groups.py` settles whose the statements are;
`assembling.py` makes statements, `doubts.py` says which figures are left open, and `scale.py` looks for wrong units.

How lines are read: `labels.py` has the labels of each field, best first. The Chinese 营业利润 is struck after finance
cost, so 利息费用 (or else the whole of 财务费用) is added back to get earnings before interest and tax; `basis` of the
statement says so. A dash or an empty cell says nothing, and is not taken for nought. A loss that is written without a
sign (net loss 1,234; 未弥补亏损) is one below nought.

There is one upload a case; a newer one takes its place.

History of the layout:

- 2026-11, parser 3: payables (应付账款) and cost of sales (营业成本) are read.
- 2026-11, parser 2: what was read wrong in public bug reports (parts of a year, names taken for currencies and units,
  days of approval, losses without a sign, points that part thousands, groups beside parents) is asked about or left
  out.
- 2026-11: built on the Ministry of Finance's formats (财会〔2019〕6号, 小企业会计准则); no recorded file.
"""

from __future__ import annotations

from pathlib import Path

from admission.application import Subject
from admission.errors import AccessRefused, BadInput, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import FinancialStatement, Untold
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.evidence.uploads import STATEMENTS_SOURCE, Preview, StatedWithFile
from admission.model import Text
from connectors.kit import Kit, load_card

_NO_NUMBERS = ("not_understood", "ambiguous")


def preview(body: bytes, filename: str, stated: StatedWithFile | None = None) -> Preview:
    """Tell how each line of a file would be understood; nothing is stored.

    Args:
        body: the file.
        filename: as people know it; its ending is not trusted.
        stated: what the person says that the file leaves out.

    Raises:
        BadInput: the file cannot be read at all.
    """
    # Most companies upload nothing: what reads files is loaded with the first of them.
    from connectors.financials_upload.reading import understand
    from connectors.financials_upload.sheets import read_grids

    try:
        return understand(read_grids(body), filename, stated or StatedWithFile())
    except BadInput as error:
        raise BadInput(error.message, context={"file": filename, **error.context}, remedy=error.remedy) from None


def facts_of(read: Preview) -> tuple[FinancialStatement | Untold, ...]:
    """Return what a file tells, and that the newest accounts are not known where older ones would take their place."""
    if read.untold is None:
        return read.statements
    return *read.statements, Untold(source=STATEMENTS_SOURCE, topics=(Topic.ACCOUNTS,), why=read.untold)


def statements_query(subject: Subject) -> Query:
    """Return the question that an upload answers: one for each company."""
    return Query(
        source=STATEMENTS_SOURCE, kind="statements", params={"company": subject.company_key}, topics=(Topic.ACCOUNTS,)
    )


class FinancialsUpload:
    """The connector to uploaded statements: nobody is asked; `services.papers` puts the bytes on the case."""

    def __init__(self) -> None:
        self.card: SourceCard = load_card(Path(__file__).parent)

    @property
    def configured(self) -> bool:
        """Always true: nothing needs to be set."""
        return True

    @property
    def setup_hint(self) -> Text:
        """How statements come in."""
        return Text(en="Upload with `gatehouse upload REF FILE`.", zh="使用 gatehouse upload REF FILE 上传报表。")

    def plan(self, subject: Subject) -> Plan:  # noqa: ARG002 - the protocol's
        """There is nobody to ask."""
        return Plan()

    def fetch(self, query: Query) -> RawAnswer:  # noqa: ARG002 - the protocol's
        """There is nobody to ask.

        Raises:
            AccessRefused: always.
        """
        message = Text(en="Statements are uploaded by a person.", zh="财务报表须由人工上传。")
        raise AccessRefused(message, remedy=self.setup_hint)

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:  # noqa: ARG002 - the protocol's
        """Read the statements; what the person stated with the file is among the headers.

        Raises:
            SourceChanged: the file is not one that would be taken today.
        """
        try:
            read = preview(raw.body, "upload", StatedWithFile.model_validate(raw.headers))
            read.require_good()
        except BadInput as error:
            raise SourceChanged(
                Text(en="The uploaded statements cannot be read.", zh="已上传的财务报表无法读取。"),
                context={"why": str(error)[:300]},
                remedy=Text(
                    en="see with `gatehouse upload REF FILE --preview` what is wrong, and upload the statements again",
                    zh="请用 gatehouse upload REF FILE --preview 查看问题所在，更正后重新上传",
                ),
            ) from None
        unread = [line.label or f"row {line.row}" for line in read.lines if line.understood in _NO_NUMBERS]
        years = ", ".join(dict.fromkeys(str(statement.period_end) for statement in read.statements))
        return Parsed(
            answer=Answer.FOUND,
            facts=facts_of(read),
            leftover=tuple(dict.fromkeys(unread)),
            remarks=read.remarks,
            message=Text(en=f"uploaded statements to {years}", zh=f"上传报表，截至 {years}"),
        )

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:  # noqa: ARG002 - the protocol's
        """Nothing follows."""
        return ()


def connector(kit: Kit) -> FinancialsUpload:
    """Return the connector to uploaded statements; it needs nothing of the kit."""
    del kit
    return FinancialsUpload()
