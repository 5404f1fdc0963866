"""The web desk and its JSON API: where people read cases and vote."""

from desk.app import create_app

__all__ = ["create_app"]
