"""`make authorisation`: try everything by everybody, and write docs/authorisation.md."""

from __future__ import annotations

from tests.authorisation.matrix import main

main()
