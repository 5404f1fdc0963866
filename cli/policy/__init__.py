"""The commands about the policy."""

from __future__ import annotations

import click

from admission.model import Text
from cli.helping import LazyGroup

COMMANDS = {
    "calibrate": (
        "cli.policy.calibrate",
        Text(en="Make a scorecard of a table of attributes and outcomes.", zh="根据指标与结果的表格拟合评分卡。"),
    ),
    "check": (
        "cli.policy.check",
        Text(en="Find every mistake in a policy file.", zh="找出准入政策文件中的全部错误。"),
    ),
    "compare": (
        "cli.policy.compare",
        Text(en="See who would flip under another policy.", zh="查看换用另一准入政策后哪些客户结论改变。"),
    ),
    "diff": (
        "cli.policy.versions",
        Text(en="Tell in words what one policy says otherwise than another.", zh="用文字说明两份准入政策的差异。"),
    ),
    "list": (
        "cli.policy.versions:list_versions",
        Text(en="List all versions and which one is in force.", zh="列出全部版本及现行版本。"),
    ),
    "propose": ("cli.policy.versions", Text(en="Propose the policy of a file.", zh="提出文件中的准入政策。")),
    "publish": ("cli.policy.versions", Text(en="Publish a proposal.", zh="发布一个待发布版本。")),
    "report": (
        "cli.policy.report",
        Text(
            en="Tell what the policy did, against the risk appetite.",
            zh="报告准入政策的执行结果，并与风险偏好对照。",
        ),
    ),
    "route": (
        "cli.policy.route",
        Text(en="Tell who must approve, in what order, and why.", zh="说明由谁审批、先后次序及原因。"),
    ),
    "shadow": (
        "cli.policy.shadow",
        Text(
            en="Let a version run beside the one in force, without effect.",
            zh="让一个版本与现行版本并行试算，不产生效力。",
        ),
    ),
    "show": ("cli.policy.versions", Text(en="Show one version.", zh="查看一个版本。")),
    "withdraw": ("cli.policy.versions", Text(en="Withdraw a proposal.", zh="撤回一个待发布版本。")),
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    zh="""检查、解释、变更和校准准入政策。

    示例：gatehouse policy check mine.yaml
    """,
)
def policy() -> None:
    """Check, explain, change and calibrate the policy.

    Example: gatehouse policy check mine.yaml
    """
