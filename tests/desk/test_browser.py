"""The desk in a real browser on a real server: a phone, the keyboard, no JavaScript."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from admission.cases import CaseStatus
from desk.serve import desk_server
from tests.desk.conftest import PASSWORD, Bench
from wiring import House

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """A desk that listens; connections wait in the socket until it accepts them."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = desk_server(house, lambda: None, host="127.0.0.1", port=port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
    listening.close()
    assert not thread.is_alive()


def test_signing_in_and_voting_on_a_phone(bench: Bench, house: House, address: str, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    reference = bench.open_case()
    shots = os.environ.get("GATEHOUSE_SCREENSHOTS")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en-GB")  # type: ignore[arg-type]
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        page.goto(f"{address}/cases/{reference}")
        page.get_by_label("Username").fill("lena")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Harbour Lane Tools Ltd").wait_for()
        if shots:
            page.screenshot(path=Path(shots) / "case-phone.png", full_page=True)

        page.get_by_role("link", name="Go to your vote").click()
        page.get_by_label("I accept this").first.check()
        page.get_by_label("Reason for accepting open_insolvency").fill("asked the court by phone")
        page.get_by_label("Lower limit, in GBP").fill("90,000")
        page.get_by_label("Approve").check()
        page.get_by_role("button", name="Send my vote").click()
        assert page.get_by_role("status").inner_text() == "✓ Your vote is recorded."

        vote = house.casebook.voting.votes_of_all_rounds(reference)[0]
        assert (vote.voter, str(vote.ballot.limit)) == ("lena", "90000")
        assert vote.ballot.accepted == {"open_insolvency": "asked the court by phone"}
        assert house.casebook.cases.get(reference).status is CaseStatus.VOTING
        # Nothing sticks out sideways, and nothing is loaded from elsewhere.
        content = page.locator("main").bounding_box()
        assert content is not None
        assert content["x"] + content["width"] <= PHONE["width"]
        assert all(url.startswith(address) for url in asked)
        browser.close()
