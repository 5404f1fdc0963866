"""The one composition root: settings become casebook, connectors, policy and clock, built when first needed."""

from wiring.house import House, build_house, house
from wiring.settings import Settings

__all__ = ["House", "Settings", "build_house", "house"]
