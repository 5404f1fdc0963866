"""The commands about the policy."""

from __future__ import annotations

import click

from cli.lazily import LazyGroup

COMMANDS = {
    "calibrate": ("cli.policy_calibrate", "Make a scorecard of a table of attributes and outcomes."),
    "check": ("cli.policy_check", "Find every mistake in a policy file."),
    "compare": ("cli.policy_compare", "See who would flip under another policy."),
    "diff": ("cli.policy_versions", "Tell in words what one policy says otherwise than another."),
    "list": ("cli.policy_versions:list_versions", "List all versions and which one is in force."),
    "propose": ("cli.policy_versions", "Propose the policy of a file."),
    "publish": ("cli.policy_versions", "Publish a proposal."),
    "report": ("cli.policy_report", "Tell what the policy did, and against what the house wanted."),
    "route": ("cli.policy_route", "Tell who must approve, in what order, and why."),
    "shadow": ("cli.policy_shadow", "Let a version run beside the one in force, without effect."),
    "show": ("cli.policy_versions", "Show one version."),
    "withdraw": ("cli.policy_versions", "Withdraw a proposal."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def policy() -> None:
    """Check, explain, change and calibrate the policy.

    Example: gatehouse policy check mine.yaml
    """
