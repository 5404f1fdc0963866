"""How mistakes are planted in the shipped policy: changes of its text, such as one wrong thought makes."""

from __future__ import annotations

from typing import NamedTuple


class Planted(NamedTuple):
    """One mistake.

    Attributes:
        written: what stands in the shipped policy; the first place counts.
        mistake: what is planted instead.
        field: where it must be told.
        remedy: words of what would be right.
        beyond: text after which `written` is looked for, where it stands in several places.
        within_segments: whether the segments stand as they are shipped; otherwise their names alone do.
    """

    written: str
    mistake: str
    field: str
    remedy: str
    beyond: str = ""
    within_segments: bool = False


ALTMAN = 'bins: [{below: "1.1", points: "0"}, {below: "2.6", points: "6"}, {below: "4.1", points: "8"}, {points: "10"}]'
COVER = 'bins: [{below: "1", points: "0"}, {below: "1.5", points: "5"}, {points: "10"}]'
CASH = 'bins: [{below: "0", points: "0"}, {below: "0.12", points: "4"}, {below: "0.35", points: "8"}, {points: "10"}]'
CURRENT = (
    'bins: [{below: "0.85", points: "0"}, {below: "1.1", points: "2"}, {below: "2.2", points: "4"}, {points: "5"}]'
)
EQUITY = (
    'bins: [{below: "0.04", points: "0"}, {below: "0.30", points: "2"}, {below: "0.53", points: "4"}, {points: "5"}]'
)
DAYS = (
    'bins: [{below: "0.5", points: "20"}, {below: "15.5", points: "14"}, {below: "30.5", points: "8"}, '
    '{below: "60.5", points: "2"}, {points: "0"}]'
)
SHARE = (
    'bins: [{below: "0.10", points: "15"}, {below: "0.25", points: "10"}, {below: "0.50", points: "4"}, {points: "0"}]'
)
YEARS = 'bins: [{below: "2", points: "0"}, {below: "5", points: "3"}, {below: "10", points: "7"}, {points: "10"}]'
STABLE = 'bins: [{below: "1", points: "0"}, {points: "5"}]'
JUDGED = 'bins: [{below: "1", points: "0"}, {below: "2", points: "1"}, {points: "2"}]'
OUTSIDE = "\noutside:\n"
CALIBRATION = (
    'calibration: {{intercept: "{intercept}", slope: "-0.06", outcomes: {outcomes}, observations: {observations}, '
    f'fitted_on: {{fitted_on}}, data_sha256: "{"0" * 64}", source: "[M]"}}}}\n'
)


def bins(old: str, *cuts: str) -> str:
    """The same points at other cuts."""
    parts = old.split('below: "')
    return parts[0] + "".join(
        f'below: "{cut}"{part.partition(chr(34))[2]}' for cut, part in zip(cuts, parts[1:], strict=True)
    )


def calibrated(**changes: object) -> str:
    """A scorecard's calibration with something wrong in it."""
    sound = {"intercept": "1", "outcomes": 100, "observations": 1000, "fitted_on": "2026-01-01"}
    return "scorecard:\n  " + CALIBRATION.format(**sound | changes)


def capped(caps: str) -> str:
    """Caps on exposure, put in front of what is outside."""
    return f"\nappetite: {{caps: {{{caps}}}}}\n{OUTSIDE}"


def extra(*lines: str) -> str:
    """One criterion more, put in front of the ages of facts."""
    reason = 'reason: {en: "One more", zh: "另一项"}'
    return "  - " + "\n    ".join([*lines, reason, 'source: "[P]"']) + "\n\n# Days; older"


def segments(*lines: str) -> str:
    """Segments as a table, one of them with changes."""
    return "\n  ".join(["segments:", "standard: {}", *lines])


SEGMENTS = "segments: [micro, standard, key_account, distributor, public_body, newly_founded]"
AGES = "\n# Days; older"
BINS = "scorecard.attributes.{}.bins"


def with_plain_segments(text: str) -> str:
    """Return the shipped policy's text with the names of its segments alone."""
    before, _, rest = text.partition("# What each kind of customer has of its own.")
    return f"{before}{SEGMENTS}\n\ncriteria:{rest.partition(chr(10) + 'criteria:')[2]}"


def planted(text: str, mistake: Planted) -> str:
    """Return a policy's text with a mistake in it."""
    text = text if mistake.within_segments else with_plain_segments(text)
    start = text.index(mistake.beyond) if mistake.beyond else 0
    assert mistake.written in text[start:], mistake.written
    return text[:start] + text[start:].replace(mistake.written, mistake.mistake, 1)
