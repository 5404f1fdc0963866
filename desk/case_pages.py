"""The page of one case, and what a person can do there: vote, take the request, get a code."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args
from urllib.parse import quote

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from admission.approval.sampling import LOOK_VERDICTS
from admission.errors import BadInput, GatehouseError, NotAllowed, Problem
from admission.evidence.watchlists import RulingWord
from admission.model import Text
from desk.ballot_form import Draft, ballot_of, draft_of, text_field
from desk.courier import Courier
from desk.failures import render_refusal, status_of
from desk.language import language_of
from desk.refusals import one_of, refusal_of
from desk.rendering import render
from desk.session import ActsWith, CheckedForm, CheckedUpload, SignedIn, TheHouse, see_case
from desk.site_record_form import attached_file, record_form_of
from desk.views import case_view
from desk.words import word as text_of
from services import opening, rounds
from services import papers as uploads
from services.what_if import what_would_change

router = APIRouter(prefix="/cases", include_in_schema=False, dependencies=[Depends(see_case)])
SAID = ("vote", "decided", "take", "ruling", "signature", "answer", "evidence", "confirm", "look")


@router.get("/{reference}")
def case(
    request: Request, house: TheHouse, person: SignedIn, reference: str, said: str = "", what_if: bool = False
) -> Response:
    """Show a case, on demand with what would change its outcome."""
    view = case_view(house, reference, person)
    if what_if and view.assessment is not None:
        view = replace(view, file=view.file.model_copy(update={"what_if": what_would_change(house, reference)}))
    language = language_of(request, person)
    notice = text_of(f"said_{said}", language) if said in SAID else ""
    return render(request, "case.html", view=view, said=notice, draft=Draft(), refusal=None)


@router.post("/{reference}/votes")
def vote(
    request: Request,
    house: TheHouse,
    person: SignedIn,
    acts_with: ActsWith,
    form: CheckedForm,
    reference: str,
    after: BackgroundTasks,
) -> Response:
    """Cast a vote; one that cannot be taken is shown again with what is wrong."""
    draft = draft_of(form)
    voting = house.casebook.voting
    try:
        ballot = ballot_of(draft)
        standing = voting.cast(reference, person, draft.assessment, ballot, channel="desk", credential=acts_with)
    except (NotAllowed, BadInput) as error:
        return _show_vote_again(request, house, person, reference, draft, error)
    after.add_task(courier_of(request).deliver_now)
    said = "decided" if standing.decided is not None else "vote"
    return _redirect_to_case(reference, said, after)


@router.post("/{reference}/code")
def code(
    request: Request, house: TheHouse, person: SignedIn, acts_with: ActsWith, form: CheckedForm, reference: str
) -> Response:
    """Make a single-use code that carries this vote, for the Resume form, and show it, this once."""
    draft = draft_of(form)
    try:
        ballot = ballot_of(draft)
        made = house.casebook.codes.issue(person.username, reference, draft.assessment, ballot, acts_with)
    except (NotAllowed, BadInput) as error:
        return _show_vote_again(request, house, person, reference, draft, error)
    currency = house.casebook.cases.get(reference).application.requested.currency
    return render(request, "code.html", code=made, case=reference, ballot=ballot, currency=currency)


def _show_vote_again(
    request: Request, house: TheHouse, person: SignedIn, reference: str, draft: Draft, error: GatehouseError
) -> Response:
    view = case_view(house, reference, person)
    poll, turn = view.file.poll, view.turn
    # A form on an outdated assessment is not offered again: it would move the vote to a text nobody read.
    if poll is None or turn is None or turn.stage is None or draft.assessment != poll.assessment:
        return render_refusal(request, error)
    return render(
        request,
        "case.html",
        status=status_of(error),
        view=view,
        said="",
        draft=draft,
        refusal=refusal_of(error),
    )


@router.post("/{reference}/take")
def take(
    request: Request, house: TheHouse, person: SignedIn, _: CheckedForm, reference: str, after: BackgroundTasks
) -> Response:
    """Make an unattributed request the person's own."""
    opening.take(house, reference, person)
    after.add_task(courier_of(request).deliver_now)
    return _redirect_to_case(reference, "take", after)


@router.post("/{reference}/rulings")
def rule(
    request: Request, house: TheHouse, person: SignedIn, form: CheckedForm, reference: str, after: BackgroundTasks
) -> Response:
    """Rule on a list entry that the screening brought up."""
    given = text_field(form, "ruling")
    word = next((name for name in get_args(RulingWord) if name == given), None)
    if word is None:
        problem = Problem("ruling", given[:20], one_of(get_args(RulingWord)))
        raise BadInput(Text(en="The ruling cannot be taken.", zh="裁定无法受理。"), problems=(problem,))
    entry, reason = text_field(form, "entry"), text_field(form, "reason").strip()
    opened = rounds.rule(house, reference, entry, word, reason, person)
    after.add_task(courier_of(request).deliver_now)
    return _redirect_to_case(reference, "ruling" if opened else "signature", after)


@router.post("/{reference}/answer")
def answer(
    request: Request, house: TheHouse, person: SignedIn, form: CheckedForm, reference: str, after: BackgroundTasks
) -> Response:
    """Answer what voters asked; the requester does."""
    rounds.answer(house, reference, text_field(form, "answer").strip(), person)
    after.add_task(courier_of(request).deliver_now)
    return _redirect_to_case(reference, "answer", after)


@router.post("/{reference}/look")
def look(
    request: Request, house: TheHouse, person: SignedIn, form: CheckedForm, reference: str, after: BackgroundTasks
) -> Response:
    """Take a person's spot check of a decision of the system."""
    given = text_field(form, "verdict")
    verdict = next((name for name in LOOK_VERDICTS if name == given), None)
    if verdict is None:
        problem = Problem("verdict", given[:20], one_of(LOOK_VERDICTS))
        raise BadInput(Text(en="The spot check cannot be taken.", zh="抽检意见无法受理。"), problems=(problem,))
    rounds.spot_check(house, reference, verdict, text_field(form, "note").strip(), person)
    after.add_task(courier_of(request).deliver_now)
    return _redirect_to_case(reference, "look", after)


@router.post("/{reference}/evidence")
async def record_site(
    request: Request, house: TheHouse, person: SignedIn, form: CheckedUpload, reference: str, after: BackgroundTasks
) -> Response:
    """Record what an official site showed; once the facts of the case are settled, it opens the next round."""
    files, reason = await attached_file(form), text_field(form, "reason")
    record = record_form_of(form)
    await run_in_threadpool(uploads.add_manual_evidence, house, reference, person, record, files, reason)
    after.add_task(courier_of(request).deliver_now)
    return _redirect_to_case(reference, "evidence", after)


@router.get("/{reference}/evidence/{evidence}/file")
def evidence_file(house: TheHouse, _: SignedIn, reference: str, evidence: str) -> Response:
    """Return the file that came with what a person put on the case, to be saved and never shown by the browser."""
    name, body = uploads.file_of(house, reference, evidence)
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(body, media_type="application/octet-stream", headers={"content-disposition": disposition})


@router.post("/{reference}/confirmations")
def confirm(
    request: Request, house: TheHouse, person: SignedIn, form: CheckedForm, reference: str, after: BackgroundTasks
) -> Response:
    """Confirm what somebody else put on the case; once the facts of the case are settled, it opens the next round."""
    uploads.confirm(house, reference, [text_field(form, "evidence")], person)
    after.add_task(courier_of(request).deliver_now)
    return _redirect_to_case(reference, "confirm", after)


@router.post("/{reference}/rulings/confirm")
def confirm_ruling(
    request: Request, house: TheHouse, person: SignedIn, form: CheckedForm, reference: str, after: BackgroundTasks
) -> Response:
    """Put the second signature under a ruling."""
    rounds.confirm_ruling(house, reference, text_field(form, "entry"), person)
    after.add_task(courier_of(request).deliver_now)
    return _redirect_to_case(reference, "ruling", after)


def courier_of(request: Request) -> Courier:
    """Return the courier of the desk."""
    courier: Courier = request.app.state.courier
    return courier


def _redirect_to_case(reference: str, said: str, after: BackgroundTasks) -> Response:
    return RedirectResponse(f"/cases/{reference}?said={said}", status_code=303, background=after)
