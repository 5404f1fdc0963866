"""All commands: where each is, and its one line of help."""

from __future__ import annotations

from admission.model import Text

COMMANDS = {
    "answer": (
        "cli.rounds",
        Text(en="Answer what voters asked about your request.", zh="答复审批人就您的申请提出的问题。"),
    ),
    "assess": (
        "cli.assess",
        Text(
            en="Gather, validate and assess here and now, without Prefect.",
            zh="不经 Prefect，即时收集、校验并评估。",
        ),
    ),
    "backup": (
        "cli.backups",
        Text(en="Back up everything that may not be lost, while it runs.", zh="在运行时备份所有不可丢失的数据。"),
    ),
    "book": (
        "cli.book",
        Text(en="Bring in the customers that the house has already.", zh="导入本机构的存量客户。"),
    ),
    "bulk": (
        "cli.bulk",
        Text(en="Hold, cut or release many customers at once, by two people.", zh="一次操作多个客户，须两人办理。"),
    ),
    "calls": (
        "cli.calls",
        Text(en="List paid calls in doubt, and release one.", zh="列出结果不明的付费查询，或放行一笔。"),
    ),
    "bundle": (
        "cli.audit",
        Text(
            en="Export one case, signed, to a file that proves itself.",
            zh="导出一个已签名的申请单文件，可自行验证。",
        ),
    ),
    "case": ("cli.cases", Text(en="Show one case.", zh="查看一个申请单。")),
    "cases": ("cli.cases", Text(en="List cases.", zh="列出申请单。")),
    "code": (
        "cli.voting",
        Text(en="Make a single-use code for the Resume form.", zh="生成 Resume 表单用的一次性代码。"),
    ),
    "coverage": (
        "cli.coverage",
        Text(
            en="Account for every review that fell due, and for what runs daily.",
            zh="核对全部到期复审和每日任务。",
        ),
    ),
    "customer": (
        "cli.customer",
        Text(
            en="Show one customer's limit in force; record conditions met, securities, cover, holds.",
            zh="查看客户生效额度；落实条件，登记担保、信用保险、暂停发货。",
        ),
    ),
    "customers": (
        "cli.cases",
        Text(en="List customers and when each is reviewed next.", zh="列出客户及下次复审日期。"),
    ),
    "demo": (
        "cli.running.demo",
        Text(
            en="Run the demo: everything on this machine, with invented companies.",
            zh="运行演示：全部在本机，企业均为虚构。",
        ),
    ),
    "desk": ("cli.running.desk", Text(en="Run the desk alone.", zh="只运行审批台。")),
    "doctor": (
        "cli.running.doctor",
        Text(en="Tell what works, what is missing, and how to mend it.", zh="检查哪些正常、缺少什么、如何处理。"),
    ),
    "edit": (
        "cli.rounds",
        Text(en="Put an edited application in the place of yours.", zh="用修改后的申请替换您的申请。"),
    ),
    "evidence": (
        "cli.evidence",
        Text(
            en="Record what official sites showed, and confirm what others recorded.",
            zh="登记官方网站查询结果，复核他人录入的资料。",
        ),
    ),
    "group": (
        "cli.groups",
        Text(
            en="Show groups of customers; propose, confirm and end their limits.",
            zh="查看客户集团；提出、复核、撤销集团额度。",
        ),
    ),
    "init": ("cli.users", Text(en="Create the casebook, or bring it up to date.", zh="创建台账，或升级到当前版本。")),
    "insurance": (
        "cli.insurance",
        Text(en="Record the house's contracts with credit insurers.", zh="登记本机构的信用保险合同。"),
    ),
    "judge": (
        "cli.judging",
        Text(
            en="Judge a company: market position, management and the like.",
            zh="评价企业：市场地位、管理水平等。",
        ),
    ),
    "keys": (
        "cli.audit",
        Text(
            en="Show, export and rotate the keys that the history is signed with.",
            zh="查看、导出和更换历史记录的签名密钥。",
        ),
    ),
    "ledger": (
        "cli.ledger",
        Text(
            en="Load the house's own customer ledger, and show what it tells of a company.",
            zh="载入本机构的应收账款台账，查看企业的台账指标。",
        ),
    ),
    "limit": (
        "cli.limit_requests",
        Text(en="Ask for another limit or other terms of a customer.", zh="为现有客户申请变更额度或账期。"),
    ),
    "look": (
        "cli.samples",
        Text(en="Record your spot check of a decision of the system.", zh="提交对系统决定的抽检意见。"),
    ),
    "login": ("cli.users", Text(en="Sign in on the command line.", zh="在命令行登录。")),
    "logout": ("cli.users", Text(en="Sign out.", zh="退出登录。")),
    "onboard": (
        "cli.onboard",
        Text(en="Open cases for applications and start their runs.", zh="受理申请、建立申请单并启动运行。"),
    ),
    "outbox": (
        "cli.outbox",
        Text(
            en="List what waits to be delivered; try again what was given up.",
            zh="列出待发送的消息，重试已放弃的消息。",
        ),
    ),
    "order": (
        "cli.order",
        Text(
            en="Check whether an order is covered; list, release and refuse blocked orders.",
            zh="查询订单是否在额度之内；查看、放行或拒绝冻结订单。",
        ),
    ),
    "override": (
        "cli.rounds",
        Text(
            en="Depart from a criterion, or confirm that another person does.",
            zh="对一项准入标准提出例外，或确认他人提出的例外。",
        ),
    ),
    "replay": (
        "cli.replay",
        Text(en="Derive assessments again from stored evidence.", zh="根据留存的证据重新推导评估。"),
    ),
    "performance": ("cli.performance", Text(en="Record how a customer's debt went.", zh="登记客户的还款表现。")),
    "policy": ("cli.policy", Text(en="Check, explain and change the policy.", zh="检查、解释和变更准入政策。")),
    "portfolio": (
        "cli.portfolio",
        Text(
            en="Show all limits, debts, reserve, expected loss, the largest.",
            zh="查看授信组合：额度、应收余额、坏账准备、预期损失、前十大。",
        ),
    ),
    "privacy": (
        "cli.privacy",
        Text(
            en="Erase what is personal; report what is held about a person.",
            zh="删除个人信息；查询本机构保存的某人信息。",
        ),
    ),
    "restore": (
        "cli.backups",
        Text(en="Restore a backup where there is nothing, and verify it.", zh="将备份恢复到空处并验证。"),
    ),
    "rule": (
        "cli.watchlist",
        Text(en="Rule on a list entry that the screening brought up.", zh="对筛查命中的名单条目作出裁定。"),
    ),
    "samples": (
        "cli.samples",
        Text(en="List decisions of the system drawn for a spot check.", zh="列出抽中待抽检的系统决定。"),
    ),
    "sources": (
        "cli.sources",
        Text(en="See how answers of sources are read.", zh="查看来源的答复如何读取。"),
    ),
    "take": ("cli.voting", Text(en="Take an unattributed request as yours.", zh="认领无发起人的申请。")),
    "token": (
        "cli.tokens",
        Text(en="Make, list and revoke tokens for the desk's API.", zh="签发、列出和撤销审批台接口的令牌。"),
    ),
    "up": (
        "cli.running.up",
        Text(
            en="Start Prefect, its deployments, a worker and the desk.",
            zh="启动 Prefect、部署、工作进程和审批台。",
        ),
    ),
    "upload": (
        "cli.uploads",
        Text(en="Put statements (XLSX or CSV) on a case.", zh="为申请单上传报表（XLSX 或 CSV）。"),
    ),
    "user": ("cli.users", Text(en="Add and change users.", zh="添加和管理用户。")),
    "verify": (
        "cli.audit",
        Text(en="Prove that nothing was changed behind Gatehouse's back.", zh="验证没有绕过 Gatehouse 的改动。"),
    ),
    "vote": ("cli.voting", Text(en="Vote on a case.", zh="对申请单提交审批意见。")),
    "watchlist": (
        "cli.watchlist",
        Text(en="Load versions of a watch list and see what changed.", zh="载入名单版本并查看变化。"),
    ),
    "worker": (
        "cli.running.worker",
        Text(en="Run a worker of Prefect that has what it needs.", zh="检查必需条件后运行 Prefect 工作进程。"),
    ),
}
