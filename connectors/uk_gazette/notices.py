"""The Gazette's codes of corporate insolvency notices and what they mean to us.

The code list is that of the Gazette's notice taxonomy as public users of its feed have tallied it (read 2026-11); of
the taxonomy itself only code 2450 is in the published documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from admission.evidence.facts import LegalKind, LegalStatus


@dataclass(frozen=True)
class Notice:
    """A kind of notice: its name, and what it says about the company it is tied to."""

    text: str
    kind: LegalKind = LegalKind.INSOLVENCY
    status: LegalStatus = LegalStatus.OPEN


def _petition(text: str) -> Notice:
    """Somebody asks the court to wind the company up: no outcome yet."""
    return Notice(text, LegalKind.WINDING_UP_PETITION)


def _members(text: str) -> Notice:
    """A step of a members' voluntary winding-up: a declaration of solvency was sworn."""
    return Notice(f"{text} (members' voluntary winding-up)", LegalKind.SOLVENT_LIQUIDATION)


def _creditors(text: str) -> Notice:
    return Notice(f"{text} (creditors' voluntary winding-up)")


def _court(text: str) -> Notice:
    return Notice(f"{text} (winding-up by the court)")


NOTICES = {
    "2401": Notice("Moratorium comes into force"),
    "2402": Notice("Moratorium comes to an end", status=LegalStatus.CLOSED),
    "2404": Notice("Cross-border insolvency"),
    "2405": Notice("Overseas territories and dependencies"),
    "2406": Notice("Notice of intended dividend"),
    "2407": Notice("Notice of dividend"),
    "2409": Notice("Qualifying decision procedure"),
    "2410": Notice("Appointment of administrators"),
    "2411": Notice("Administration order"),
    "2412": Notice("Meeting of creditors (administration)"),
    "2413": Notice("Notice to members (administration)"),
    "2414": Notice("Deemed consent (administration)"),
    "2421": Notice("Appointment of administrative receivers"),
    "2422": Notice("Meeting of creditors (receivership)"),
    "2423": Notice("Appointment of receivers"),
    "2424": Notice("Deemed consent (administrative receivership)"),
    "2431": _members("Resolution for winding up"),
    "2432": _members("Appointment of liquidators"),
    "2433": _members("Notice to creditors"),
    "2434": _members("Annual liquidation meeting"),
    "2435": _members("Final meeting"),
    "2441": _creditors("Resolution for winding up"),
    "2442": _creditors("Meeting of creditors"),
    "2443": _creditors("Appointment of liquidators"),
    "2444": _creditors("Annual liquidation meeting"),
    "2445": _creditors("Final meeting"),
    "2446": _creditors("Notice to creditors"),
    "2447": _creditors("Deemed consent"),
    "2450": _petition("Petition to wind up (company)"),
    "2451": _petition("Petition to wind up (partnership)"),
    "2452": Notice("Winding-up order (company)"),
    "2453": Notice("Winding-up order (partnership)"),
    "2454": _court("Appointment of liquidators"),
    "2455": _court("Meeting of creditors"),
    "2456": _court("Notice of intended dividend"),
    "2457": _court("Notice of dividend"),
    "2458": _court("Final meeting"),
    "2459": _court("Release of liquidator"),
    "2460": _court("Notice to creditors"),
    "2461": Notice("Petition dismissed", LegalKind.PETITION_DISMISSED, LegalStatus.CLOSED),
    "2462": _petition("Service of petition"),
    "2463": _court("Annual meeting"),
    "2464": _court("Public examination"),
    "2465": _court("Deemed consent"),
}
# Also for code 2408, "other notices": it says something of the matter, but not what.
OTHER = Notice("Other corporate insolvency notice", LegalKind.OTHER_NOTICE, LegalStatus.UNCLEAR)

# People who were directors of a failed company and use its name again.
_REUSE_OF_NAME = "2403"


def is_corporate(code: str) -> bool:
    """True for notices about companies: category 24, without the one of it that is about people."""
    return code.startswith("24") and code != _REUSE_OF_NAME


def meaning(code: str) -> Notice:
    """What a code says; an unknown one of category 24 says that there is something for a person to read."""
    return NOTICES.get(code, OTHER)
