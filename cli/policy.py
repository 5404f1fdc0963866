"""The group `policy`: what the owner of the policy does with it."""

from __future__ import annotations

import click

from cli.policy_calibrate import calibrate


@click.group()
def policy() -> None:
    """Calibrate the policy on your own experience.

    Example: gatehouse policy calibrate book.csv --outcome bad --out scorecard.yaml
    """


policy.add_command(calibrate)
