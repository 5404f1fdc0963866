"""Entry point of the `gatehouse` command. Commands are loaded when they are called, so that `--help` is quick."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import Any

import click
from pydantic import ValidationError

from admission.errors import BadInput, GatehouseError
from admission.model import Text
from admission.problems import problems_of
from cli.clicks import translate_click
from cli.commands import COMMANDS
from cli.helping import LazyGroup, option
from cli.language import Speech
from cli.output import complain, progress, say, told


def _tell_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        number = version("gatehouse")
        say(Text(en=f"gatehouse, version {number}", zh=f"gatehouse，版本 {number}"))
        context.exit()


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    zh="""基于 Prefect 的客户准入管理：对赊销客户进行调查、评估、审批和跟踪。

    设置从环境变量（GATEHOUSE_...）读取；`gatehouse doctor` 列出已设置和缺少的项目。

    示例：gatehouse demo；gatehouse onboard apple.yaml --follow；gatehouse vote GH-2026-000001 --approve
    """,
)
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help=Text(en="Show the version and exit.", zh="显示版本后退出。"),
)
def gatehouse() -> None:
    """Customer admission management on Prefect: investigate, assess, approve and watch customers on credit.

    Settings are read from the environment (GATEHOUSE_...); `gatehouse doctor` shows what is set and what is missing.

    Examples: gatehouse demo; gatehouse onboard apple.yaml --follow; gatehouse vote GH-2026-000001 --approve
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command; errors are one plain line with the remedy, exit status 1 (2 for usage)."""
    translate_click()
    speech = Speech()
    # The context around it keeps the language for what is told after the command's own context has ended.
    with click.Context(gatehouse, obj=speech):
        sys.exit(_run(arguments, speech))


def _run(arguments: list[str] | None, speech: Speech) -> int:
    try:
        status = gatehouse.main(args=arguments, prog_name="gatehouse", standalone_mode=False, obj=speech)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        progress(Text(en="stopped", zh="已中止"))
        return 130
    except GatehouseError as error:
        complain(told(error))
    except ValidationError as error:
        complain(told(BadInput(Text(en="This cannot be taken.", zh="输入无法受理。"), problems=problems_of(error))))
    except Exception as error:
        if os.environ.get("GATEHOUSE_DEBUG"):
            raise
        complain(_unexpected(error))
    else:
        return _exit_code(status)
    return 1


def _exit_code(status: Any) -> int:
    return status if isinstance(status, int) else 0


def _unexpected(error: Exception) -> Text:
    kind = type(error).__name__
    return Text(
        en=f"unexpected {kind}: {error} - set GATEHOUSE_DEBUG=1 to see where",
        zh=f"意外错误 {kind}：{error} - 设置 GATEHOUSE_DEBUG=1 可查看出处",
    )
