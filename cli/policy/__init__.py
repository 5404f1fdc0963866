"""The commands about the policy."""

from __future__ import annotations

import click

from cli.lazily import LazyGroup

COMMANDS = {
    "calibrate": ("cli.policy.calibrate", "Make a scorecard of a table of attributes and outcomes."),
    "check": ("cli.policy.check", "Find every mistake in a policy file."),
    "compare": ("cli.policy.compare", "See who would flip under another policy."),
    "diff": ("cli.policy.versions", "Tell in words what one policy says otherwise than another."),
    "list": ("cli.policy.versions:list_versions", "List all versions and which one is in force."),
    "propose": ("cli.policy.versions", "Propose the policy of a file."),
    "publish": ("cli.policy.versions", "Publish a proposal."),
    "report": ("cli.policy.report", "Tell what the policy did, and against what the house wanted."),
    "route": ("cli.policy.route", "Tell who must approve, in what order, and why."),
    "shadow": ("cli.policy.shadow", "Let a version run beside the one in force, without effect."),
    "show": ("cli.policy.versions", "Show one version."),
    "withdraw": ("cli.policy.versions", "Withdraw a proposal."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def policy() -> None:
    """Check, explain, change and calibrate the policy.

    Example: gatehouse policy check mine.yaml
    """
