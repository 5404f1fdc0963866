"""Take the pictures of docs/images from a running demo: `make demo`, then `make pictures`.

Needs chromium. Signs in at the desk with a password of its own, which only a demo's casebook lets it set.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from casebook import Casebook
from wiring.house import system_clock

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def main(data: Path) -> None:
    """Take all pictures of the demo whose data folder is given."""
    state = json.loads((data / "up.json").read_text(encoding="utf-8"))
    book = Casebook.open(f"sqlite:///{data / 'casebook.sqlite'}", data / "answers", clock=system_clock)
    if not book.demo:
        sys.exit("this is not a demo's casebook")
    passwords = {}
    for name in ("finance", "manager"):
        passwords[name] = secrets.token_urlsafe(12)
        book.people.set_password(name, passwords[name])
    # Customers of before have a case that no run moved.
    moved = {case.reference: book.cases.runs(case.reference) for case in book.cases.list()}
    runs = {reference: ids[-1] for reference, ids in moved.items() if ids}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        desk(browser, state["desk"], passwords)
        prefect(browser, state["prefect"], (data / "prefect" / "auth").read_text(encoding="utf-8").strip(), runs)
        browser.close()


def desk(browser: Browser, url: str, passwords: dict[str, str]) -> None:
    """Inbox and case page, in English on a screen and in Chinese on a phone."""
    page = signed_in(browser, url, "finance", passwords["finance"], width=1280, height=900)
    shot(page, "desk-inbox", f"{url}/")
    shot(page, "desk-case", f"{url}/cases/GH-2026-000005")
    manager = signed_in(browser, url, "manager", passwords["manager"], width=1280, height=900)
    shot(manager, "desk-orders", f"{url}/orders?every=true")
    phone = signed_in(browser, url, "finance", passwords["finance"], width=390, height=844)
    shot(phone, "desk-phone-zh", f"{url}/cases/GH-2026-000007?lang=zh")


def signed_in(browser: Browser, url: str, user: str, password: str, *, width: int, height: int) -> Page:
    """Return a page that is signed in."""
    page = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB").new_page()
    page.goto(f"{url}/sign-in")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{url}/**")
    return page


def prefect(browser: Browser, url: str, auth: str, runs: dict[str, str]) -> None:
    """The runs, one run with its tasks, its memo and the Resume form."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    # What the UI keeps once somebody has logged in.
    kept = base64.b64encode(auth.encode()).decode()
    page.add_init_script(f"localStorage.setItem('prefect-password', '{kept}')")
    shot(page, "prefect-runs", f"{url}/runs", settle=4000)
    run = f"{url}/runs/flow-run/{runs['GH-2026-000002']}"
    shot(page, "prefect-run", run, settle=5000)
    shot(page, "prefect-artifacts", f"{run}?tab=Artifacts", settle=4000)
    page.goto(f"{url}/artifacts/key/memo-gh-2026-000002-en")
    page.locator("a[href*='/artifacts/artifact/']").first.click()
    page.wait_for_timeout(3000)
    page.screenshot(path=IMAGES / "prefect-memo.png")
    page.goto(run)
    page.get_by_role("button", name="Resume").first.click()
    page.wait_for_timeout(2500)
    page.screenshot(path=IMAGES / "prefect-resume.png")


def shot(page: Page, name: str, url: str, *, settle: int = 300) -> None:
    """Open an address, let it settle (the Prefect UI loads as it goes), and keep the picture."""
    page.goto(url)
    page.wait_for_timeout(settle)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"{name}.png")


main(Path(sys.argv[1] if len(sys.argv) > 1 else ".demo").resolve())
