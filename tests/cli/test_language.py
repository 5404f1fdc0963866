"""In which language the command line speaks, and that it says everything in both."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest

from cli.clicks import CHINESE
from cli.helping import Command, Option, columns
from cli.language import Speech
from cli.main import gatehouse
from tests.cli.conftest import PASSWORD, Run
from tests.cli.test_command_line import every_command
from wiring import House

ENGLISH, HAN = re.compile(r"\b[A-Z][a-z]+ [a-z]+|default:|required"), re.compile("[\u4e00-\u9fff]")
EMPTY, NO_CUSTOMERS = "no customers yet\n", "暂无客户\n"


@pytest.mark.parametrize(
    ("speech", "environment", "spoken"),
    [
        (Speech("zh", "en"), {"GATEHOUSE_LANGUAGE": "en", "LANG": "en_GB.UTF-8"}, "zh"),
        (Speech(None, "en"), {"GATEHOUSE_LANGUAGE": "zh", "LANG": "en_GB.UTF-8"}, "zh"),
        (Speech(None, "en"), {"LANG": "zh_CN.UTF-8"}, "en"),
        (Speech(None, "zh"), {"LANG": "en_GB.UTF-8"}, "zh"),
        (Speech(None, "zh"), {"GATEHOUSE_LANGUAGE": "fr"}, "zh"),
        (Speech(), {"LANG": "zh_CN.UTF-8"}, "zh"),
        (Speech(), {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (Speech(), {"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_GB.UTF-8"}, "zh"),
        (Speech(), {}, "en"),
    ],
)
def test_the_language_is_the_first_of_asked_for_set_own_and_the_machines(
    speech: Speech, environment: dict[str, str], spoken: str
) -> None:
    assert speech.language(environment) == spoken


def test_the_option_stands_before_the_command_or_after_it(
    run: Run, demo: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("customers").out == EMPTY
    assert run("--lang", "zh", "customers").out == NO_CUSTOMERS
    assert run("customers", "--lang", "zh").out == NO_CUSTOMERS
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    assert run("customers").out == NO_CUSTOMERS
    assert run("--lang", "en", "customers").out == EMPTY


def test_whoever_is_signed_in_is_spoken_to_in_their_own_language(
    run: Run, real: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("user", "add", "jing", "--name", "冯静", "--department", "finance", "--language", "zh", stdin=f"{PASSWORD}\n")
    assert run("login", "jing", stdin=f"{PASSWORD}\n").out == "已登录：jing\n"
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert run("customers").out == NO_CUSTOMERS
    refused = run("samples", "--newest", "0")
    assert refused.error == "Error: Invalid value for '--newest': 0 is not in the range x>=1."
    assert run("look", "GH-2026-000009", "--note", "x", "--agree").err.startswith("错误：")
    assert run("logout").out == "signed out\n"
    assert run("customers").out == EMPTY


def test_whom_a_demo_is_used_as_is_spoken_to_in_their_own_language(run: Run, demo: House) -> None:
    jing = demo.casebook.people.get("feng").model_copy(update={"username": "jing", "language": "zh"})
    demo.casebook.people.add(jing, PASSWORD)
    assert run("token", "list", "--as", "jing").out == "您没有令牌\n"
    assert run("token", "list", "--as", "lena").out == "you have no tokens\n"


@pytest.mark.parametrize("path", [(), *every_command(gatehouse)], ids=" ".join)
def test_the_help_of_each_command_is_chinese_throughout(run: Run, path: tuple[str, ...]) -> None:
    said = run(*path, "--lang", "zh", "--help")
    command = " ".join(("gatehouse", *path))
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"用法：{command} ")
    explained, options, _ = said.out.partition("\n选项：\n")
    assert options
    assert command in " ".join(explained.partition("示例：")[2].split())
    assert ENGLISH.findall(re.sub(r'"[^"]*"', "", said.out)) == []
    # A choice of many words may be wider: it is one term that cannot be parted.
    assert [line for line in said.out.splitlines() if columns(line) > 80 and "|" not in line] == []


def test_every_command_and_option_has_its_help_in_both_languages() -> None:
    context = click.Context(gatehouse)
    for path in every_command(gatehouse):
        command: click.Command | None = gatehouse
        for name in path:
            assert isinstance(command, click.Group)
            command = command.get_command(context, name)
        assert isinstance(command, Command)
        texts = [command.said, *(param.said for param in command.params if isinstance(param, Option))]
        assert all(text.en and HAN.search(text.zh) for text in texts), path


def test_what_is_used_wrongly_is_told_in_chinese(run: Run, demo: House, voting: str) -> None:
    for arguments, told in (
        (("nonsense",), "错误：没有命令 'nonsense'。"),
        (("case",), "错误：缺少参数 'REFERENCE'."),
        (("cases", "--nonsense"), "错误：没有选项 '--nonsense'。"),
        (("case", "a", "b"), "错误：多余的参数（b）"),
        (("cases", "--newest", "x"), "错误：'--newest' 取值有误：'x' 不是有效的数字。"),
        (("vote", voting), "错误：请在 --approve、--decline 和 --ask 中选择一个。"),
        (("vote", voting, "--approve", "--limit", "x"), "错误：--limit 取值有误：'x' 不是金额"),
    ):
        said = run("--lang", "zh", *arguments)
        assert (said.status, said.error) == (2, told)


def test_errors_are_told_in_chinese(run: Run, real: House) -> None:
    said = run("--lang", "zh", "vote", "GH-2026-000001", "--approve", "--as", "ada")
    assert said == (1, "", "错误：--as 仅可用于为演示创建的台账。 - 请用 `gatehouse login 用户名` 登录\n")


def test_every_sentence_of_clicks_that_is_translated_is_one_that_click_says() -> None:
    sources = Path(click.__file__).parent.glob("*.py")
    trees = [ast.parse(source.read_text(encoding="utf-8")) for source in sources]
    said = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(CHINESE) - said == set()


def test_placeholders_of_clicks_sentences_are_ours_too() -> None:
    for english, chinese in CHINESE.items():
        assert set(re.findall(r"{\w+", chinese)) <= set(re.findall(r"{\w+", english)), english
