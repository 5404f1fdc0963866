"""The commands about the policy."""

from __future__ import annotations

import click

from cli.lazily import LazyGroup

COMMANDS = {
    "calibrate": ("cli.policy_calibrate", "Make a scorecard of a table of attributes and outcomes."),
    "check": ("cli.policy_check", "Find every mistake in a policy file."),
    "route": ("cli.policy_route", "Tell who must approve, in what order, and why."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def policy() -> None:
    """Check, explain, change and calibrate the policy.

    Example: gatehouse policy check mine.yaml
    """
