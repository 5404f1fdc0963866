"""The sentences of click itself, in Chinese."""

from __future__ import annotations

import gettext

from cli.language import language

# Names of files, values and options stand in braces, as in click's own English.
CHINESE = {
    "Options": "选项",
    "Commands": "命令",
    "default: {default}": "默认：{default}",
    "required": "必填",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "运行“{command} {option}”可查看帮助。",
    "Missing command.": "缺少命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Choose from:\n\t{choices}": "可选值：\n\t{choices}",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "No such option {name!r}.": "没有选项 {name!r}。",
    "Did you mean {possibility}?": "是否想输入 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（是否想输入其中之一：{possibilities}？）",
    "Got unexpected extra argument ({args})": "多余的参数（{args}）",
    "Got unexpected extra arguments ({args})": "多余的参数（{args}）",
    "Option {name!r} requires an argument.": "选项 {name!r} 须带一个值。",
    "Option {name!r} does not take a value.": "选项 {name!r} 不带值。",
    "Invalid value: {message}": "取值有误：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 取值有误：{message}",
    "{value!r} is not {choice}.": "{value!r} 不是 {choice}。",
    "{value!r} is not one of {choices}.": "{value!r} 不在可选值之内：{choices}。",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是有效的数字。",
    "{value} is not in the range {range}.": "{value} 超出范围 {range}。",
    "{value!r} does not match the format {format}.": "{value!r} 不符合格式 {format}。",
    "{value!r} does not match the formats {formats}.": "{value!r} 不符合任何一种格式：{formats}。",
    "{name} {filename!r} does not exist.": "{filename!r} 不存在。",
    "{name} {filename!r} is a file.": "{filename!r} 是文件，此处应为文件夹。",
    "{name} {filename!r} is a directory.": "{filename!r} 是文件夹，此处应为文件。",
    "{name} {filename!r} is not readable.": "{filename!r} 无法读取。",
    "Repeat for confirmation": "请再输入一次",
    "Error: The two entered values do not match.": "错误：两次输入不一致。",
}


def translate_click() -> None:
    """Make click speak the language of the command that runs.

    Click asks gettext for each of its sentences when it says it. A catalogue of gettext's would have to be a compiled
    file, and would follow the machine's locale alone; so it is gettext that is answered for here.
    """
    gettext.dgettext = _one
    gettext.dngettext = _one_or_many


def _one(domain: str, message: str) -> str:  # noqa: ARG001 - gettext's parameters
    return CHINESE.get(message, message) if language() == "zh" else message


def _one_or_many(domain: str, msgid1: str, msgid2: str, n: int) -> str:
    return _one(domain, msgid1 if n == 1 else msgid2)
