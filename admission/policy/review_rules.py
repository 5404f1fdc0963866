"""What is asked anew at a review, and who looks at it, by the grade that the customer has."""

from __future__ import annotations

from pydantic import Field, field_validator

from admission.errors import Invalid
from admission.evidence.topics import Topic
from admission.model import Record, Text, left_out
from admission.people import Department

# What may be told by an answer of the last decision. All else is asked at every review: who the company is, whether it
# is on a list, insolvent, struck off or sued for its debts, and what our own ledger tells.
CARRIED_TOPICS = (
    *(Topic.ACCOUNTS, Topic.CREDIT, Topic.PAYMENT, Topic.FILINGS, Topic.CHARGES, Topic.OFFICERS),
    *(Topic.JUDGMENTS, Topic.LAWSUITS, Topic.PENALTIES),
)


class ReviewScope(Record):
    """The scope of a review; where neither is set, all is asked and all seats vote.

    Attributes:
        carry_over: subjects that are not asked about anew, where the last decision has an answer that is recent enough.
        departments: whose seats alone vote in the detailed stages where nothing stands worse; none: all.
    """

    carry_over: tuple[Topic, ...] = left_out(())
    departments: tuple[Department, ...] = Field(default=(), exclude_if=lambda names: names == ())

    @field_validator("carry_over")
    @classmethod
    def _may_be_carried(cls, topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
        asked = [topic for topic in topics if topic not in CARRIED_TOPICS]
        if asked:
            names = ", ".join(CARRIED_TOPICS)
            raise Invalid(
                Text(
                    en=f"some of {names}; {', '.join(asked)} is asked at every review",
                    zh=f"只能取自 {names}；每次复审都须查询 {', '.join(asked)}",
                )
            )
        return topics
