"""How the tests ask a sandbox."""

from __future__ import annotations

import requests

AGENT = {"User-Agent": "Gatehouse tests@example.invalid"}
KEY = ("any-key", "")


def get(url: str, *, auth: tuple[str, str] | None = None, token: str = "", timeout: float = 5) -> requests.Response:
    """Ask one URL, with an agent the SEC would take."""
    headers = {**AGENT, "Authorization": f"Bearer {token}"} if token else AGENT
    return requests.get(url, headers=headers, auth=auth, timeout=timeout)


def post(url: str, document: object = None) -> requests.Response:
    """Post a JSON document."""
    return requests.post(url, json=document, timeout=5)


def log_in(base_url: str, password: str = "right") -> requests.Response:
    """Log in to Creditsafe."""
    return post(f"{base_url}/creditsafe/authenticate", {"username": "gatehouse", "password": password})
