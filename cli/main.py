"""Entry point of the `gatehouse` command. Commands are loaded when they are called, so that `--help` is quick."""

from __future__ import annotations

import os
import sys
from typing import Any

import click
from pydantic import ValidationError

from admission.errors import BadInput, GatehouseError
from admission.problems import problems_of
from cli.lazily import LazyGroup

COMMANDS = {
    "answer": ("cli.rounds", "Answer what voters asked about your request."),
    "assess": ("cli.assess", "Gather, validate and assess here and now, without Prefect."),
    "calls": ("cli.calls", "List paid calls in doubt, and release one."),
    "bundle": ("cli.audit", "Export one case, signed, to a file that proves itself."),
    "case": ("cli.cases", "Show one case."),
    "cases": ("cli.cases", "List cases."),
    "code": ("cli.voting", "Make a single-use code for the Resume form."),
    "customers": ("cli.cases", "List customers and when each is reviewed next."),
    "demo": ("cli.running.demo", "Run the demo: everything on this machine, with invented companies."),
    "desk": ("cli.running.desk", "Run the desk alone."),
    "doctor": ("cli.running.doctor", "Tell what works, what is missing, and how to mend it."),
    "edit": ("cli.rounds", "Put an edited application in the place of yours."),
    "evidence": ("cli.uploads", "Record what official sites showed, and judgements."),
    "init": ("cli.users", "Create the casebook, or bring it up to date."),
    "judge": ("cli.judging", "Judge a company: market position, management and the like."),
    "keys": ("cli.audit", "Show, export and rotate the keys that the history is signed with."),
    "look": ("cli.samples", "Say what you think of a decision of the machine."),
    "login": ("cli.users", "Sign in on the command line."),
    "logout": ("cli.users", "Sign out."),
    "onboard": ("cli.onboard", "Open cases for applications and start their runs."),
    "outbox": ("cli.outbox", "List what waits to be delivered; try again what was given up."),
    "override": ("cli.rounds", "Depart from a criterion, or confirm that another person does."),
    "replay": ("cli.audit", "Derive assessments again from stored evidence."),
    "performance": ("cli.performance", "Record how a customer's debt went."),
    "policy": ("cli.policy", "Check, explain and change the policy."),
    "rule": ("cli.watchlist", "Rule on a list entry that the screening brought up."),
    "samples": ("cli.samples", "List decisions of the machine drawn for a person's look."),
    "take": ("cli.voting", "Take an unattributed request as yours."),
    "token": ("cli.tokens", "Make, list and revoke tokens for the desk's API."),
    "up": ("cli.running.up", "Start Prefect, its deployments, a worker and the desk."),
    "upload": ("cli.uploads", "Put statements (XLSX or CSV) on a case."),
    "user": ("cli.users", "Add and change users."),
    "verify": ("cli.audit", "Prove that nothing was changed behind Gatehouse's back."),
    "vote": ("cli.voting", "Vote on a case."),
    "watchlist": ("cli.watchlist", "Load versions of a watch list and see what changed."),
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples: gatehouse demo; gatehouse onboard apple.yaml --follow; gatehouse vote GH-2026-000001 --approve.",
)
@click.version_option(package_name="gatehouse")
def gatehouse() -> None:
    """Customer admission management on Prefect: investigate, assess, approve and watch customers on credit.

    Settings are read from the environment (GATEHOUSE_...); `gatehouse doctor` shows what is set and what is missing.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command; errors are one plain line with the remedy, exit status 1 (2 for usage)."""
    try:
        status = gatehouse.main(args=arguments, prog_name="gatehouse", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except GatehouseError as error:
        _told(str(error))
    except ValidationError as error:
        _told(str(BadInput("This cannot be taken.", problems=problems_of(error))))
    except Exception as error:
        if os.environ.get("GATEHOUSE_DEBUG"):
            raise
        _told(f"unexpected {type(error).__name__}: {error} - set GATEHOUSE_DEBUG=1 to see where")
    else:
        sys.exit(_exit_code(status))


def _exit_code(status: Any) -> int:
    return status if isinstance(status, int) else 0


def _told(message: str) -> None:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    sys.exit(1)
