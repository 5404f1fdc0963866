"""The commands about the policy."""

from __future__ import annotations

import click

from cli.lazily import LazyGroup

COMMANDS = {
    "check": ("cli.policy_check", "Find every mistake in a policy file."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def policy() -> None:
    """Check, explain and change the policy.

    Example: gatehouse policy check mine.yaml
    """
