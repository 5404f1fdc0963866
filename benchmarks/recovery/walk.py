"""Walking one applicant through a house that is being hurt."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from admission.application import Application
from admission.cases import CaseStatus
from admission.evidence.answers import Answer
from benchmarks.recovery.cells import FROZEN, NEW_RELEASE, NOTHING, PAID_CALL, SUSPENDED, Cell, Row
from benchmarks.recovery.faults import PATIENCE, Ambush, hurt, prepare
from benchmarks.recovery.judge import Harm, bought, company_number, in_doubt, judge
from benchmarks.recovery.live import NEW_RELEASE_NAME, LiveHouse
from benchmarks.recovery.voters import Voters
from cli.running.supervisor import Stopped
from services import rounds
from services.opening import Asked, open_case

REQUESTER = "analyst"
LOOK_AFTER_EVERY = 0.5
# A case that stands still because nobody looks after the deployments need not be waited for as long.
UNWATCHED_PATIENCE = 90.0


def walk(live: LiveHouse, voters: Voters, cell: Cell, application: Application) -> Row:
    """Walk one applicant to its end, do what the cell says on the way, and judge the end."""
    began = time.monotonic()
    harm = Harm()
    number = company_number(application)
    prepare(live, cell, number)
    reference = open_case(live.house, application, Asked(REQUESTER, "cli")).reference
    try:
        Walk(live, voters, cell, reference, number, harm).to_its_end()
        end, wrong = judge(live, voters, reference, harm)
    except Stopped:
        raise
    except Exception as error:  # one cell that fails must not hide the others
        status = live.house.casebook.cases.get(reference).status
        end, wrong = f"still {status}", [*harm.wrong, f"{type(error).__name__}: {error}"]
    return Row(cell.boundary, cell.fault, end, ", ".join(wrong), time.monotonic() - began)


class Walk:
    """One applicant's walk."""

    def __init__(self, live: LiveHouse, voters: Voters, cell: Cell, reference: str, number: str, harm: Harm) -> None:
        self._live = live
        self._voters = voters
        self._cell = cell
        self._reference = reference
        self._number = number
        self._harm = harm
        self._deadline = time.monotonic() + (PATIENCE if live.watched else UNWATCHED_PATIENCE)
        self._struck = cell.fault == NOTHING
        self._settled = cell.boundary != PAID_CALL

    def to_its_end(self) -> None:
        """Look after the house and vote until the case is concluded and has been struck.

        Raises:
            TimeoutError: that took too long.
        """
        if self._struck or self._cell.boundary == SUSPENDED:
            self._go_on()
            return
        ambush = Ambush(self._live, self._cell, self._reference, self._number, self._harm)
        with ThreadPoolExecutor(1) as pool:
            strike = pool.submit(ambush.strike)
            strike.add_done_callback(lambda _: setattr(self, "_struck", True))
            try:
                self._go_on()
            finally:
                ambush.give_up()
            strike.result()

    def _go_on(self) -> None:
        while not (self._struck and self._status() is CaseStatus.CONCLUDED):
            if time.monotonic() > self._deadline:
                raise TimeoutError("not concluded in time")
            self._live.look_after()
            if self._cell.boundary == SUSPENDED and not self._struck and self._live.suspended(self._reference):
                hurt(self._live, self._cell.fault, self._reference, self._harm)
                self._struck = True
            if self._struck and not self._settled and self._status() is CaseStatus.VOTING:
                self._settle_doubt()
            if self._may_vote():
                while self._voters.vote_once(self._reference):
                    pass
            time.sleep(LOOK_AFTER_EVERY)
        if self._cell.fault == NEW_RELEASE:
            self._see_new_release()

    def _may_vote(self) -> bool:
        if self._struck:
            return self._settled
        if self._cell.boundary == "case.decided":
            return self._live.suspended(self._reference)
        return self._cell.boundary not in (SUSPENDED, PAID_CALL) and self._cell.fault != FROZEN

    def _status(self) -> CaseStatus:
        return self._live.house.casebook.cases.get(self._reference).status

    def _settle_doubt(self) -> None:
        """See that the call in doubt is shown, release it by name, and open the next round: it is bought again."""
        doubts = in_doubt(self._live, self._number)
        answers = {item.answer for item in self._live.house.casebook.evidence.of_all_rounds(self._reference)}
        if len(doubts) != 1 or Answer.IN_DOUBT not in answers:
            raise AssertionError(f"{len(doubts)} calls in doubt; the case shows {sorted(answers)}")
        if self._number not in _calls():
            self._harm.wrong.append("gatehouse calls does not show the call in doubt")
        if bought(self._live, self._number) != 1:
            self._harm.wrong.append("the call in doubt was repeated")
        _calls("--release", doubts[0], "--as", REQUESTER)
        person = self._live.house.casebook.people.get(REQUESTER)
        application = self._live.house.casebook.cases.get(self._reference).application
        sooner = application.requested.model_copy(update={"terms_days": application.requested.terms_days - 1})
        edited = application.model_copy(update={"requested": sooner})
        rounds.edit(self._live.house, self._reference, edited, "the bureau says that it was not billed", person)
        self._harm.bought = 2
        self._harm.told.append(f"in doubt, shown, not repeated until {REQUESTER} released it")
        self._settled = True

    def _see_new_release(self) -> None:
        while (name := self._live.state_name(self._live.runs(self._reference)[-1])) != NEW_RELEASE_NAME:
            if time.monotonic() > self._deadline:
                raise TimeoutError(f"the run ended {name}, not as the new release ends it")
            time.sleep(LOOK_AFTER_EVERY)
        self._harm.told.append("ended by the new release")


def _calls(*arguments: str) -> str:
    """Run `gatehouse calls`; return what it prints."""
    command = [sys.executable, "-m", "cli", "calls", *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
