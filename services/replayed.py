"""Where an earlier replay ended: cases to which nothing has happened since need not be derived again.

A replay tells of the code as much as of the case: where parsers or engine have another version now, all are replayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from admission.assessment.record import ENGINE
from admission.errors import BadInput
from admission.model import Text, digest
from casebook.database.chain import written_time
from casebook.database.signing import signed_by
from casebook.proof.verification import Head
from services.audit import trust, write_signed
from wiring.house import House


class ReplayedTo(Head):
    """The event up to which no assessment differed in a way that nothing explains.

    Attributes:
        at: when it was replayed.
        code: fingerprint of the versions of engine and parsers.
    """

    code: str

    @property
    def digest(self) -> str:
        """What is signed; it names the replay, so that no checkpoint of a verification passes for one."""
        fields = self.model_dump(include={"seq", "sha256", "at", "code"})
        return digest({"replayed": fields})


class Due(NamedTuple):
    """What is to be replayed.

    Attributes:
        references: the cases, in their order.
        left_out: how many have had no event since the earlier replay.
        end: number and sha256 of the last event when they were looked for.
        since: the earlier replay; None where there is none, or where all are replayed all the same.
        other_code: True where parsers or engine have changed since the earlier one.
    """

    references: Sequence[str]
    left_out: int
    end: tuple[int, str]
    since: ReplayedTo | None = None
    other_code: bool = False


def due(house: House, references: Sequence[str], file: Path | None) -> Due:
    """Return which of these cases are to be replayed, with what an earlier replay has left in a file.

    Raises:
        BadInput: the file holds something else, was not signed by this company, or is of another casebook.
    """
    end = house.casebook.audit.end()
    since = _read(file) if file is not None and file.is_file() else None
    if since is None:
        return Due(references, 0, end)
    _check(house, since)
    if since.code != _code(house):
        return Due(references, 0, end, other_code=True)
    moved = house.casebook.history.cases_since(since.seq)
    again = [reference for reference in references if reference in moved]
    return Due(again, len(references) - len(again), end, since)


def write_down(house: House, file: Path, end: tuple[int, str]) -> None:
    """Write down where a replay ended that found nothing unexplained, signed with the key in use.

    Raises:
        GatehouseError: the key is not on this machine.
    """
    seq, sha256 = end
    write_signed(house, file, ReplayedTo(seq=seq, sha256=sha256, at=written_time(house.clock()), code=_code(house)))


def _read(file: Path) -> ReplayedTo:
    try:
        return ReplayedTo.model_validate_json(file.read_bytes())
    except ValueError:
        raise BadInput(
            Text(en=f"{file.name} is no checkpoint of a replay.", zh=f"{file.name} 不是重算的检查点文件。"),
            remedy=Text(
                en="give the file that an earlier replay wrote, or a new one", zh="请给出此前重算写入的文件，或新文件"
            ),
        ) from None


def _check(house: House, point: ReplayedTo) -> None:
    keys = {key.id: key for key in trust(house, None).keys}
    if not signed_by(keys.get(point.key), "checkpoint", point.digest, point.signature):
        raise BadInput(
            Text(en="The checkpoint was not signed with a key of this casebook.", zh="检查点不是用本台账的密钥签名的。")
        )
    if house.casebook.history.fingerprint(point.seq) != point.sha256:
        raise BadInput(
            Text(en="The checkpoint is of another history.", zh="检查点属于另一份历史记录。"),
            context={"event": str(point.seq)},
        )


def _code(house: House) -> str:
    parsers = {name: connector.card.parser for name, connector in house.connectors.items()}
    return digest({"engine": ENGINE, "parsers": parsers})
