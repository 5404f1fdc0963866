"""Messages and remedies of errors in Chinese; errors are raised in English (admission/errors.py)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from admission.errors import BadInput, GatehouseError, Problem
from admission.model import Text

_FIELDS = {
    "choice": Text(en="What do you say?", zh="您的意见"),
    "comment": Text(en="Comment", zh="意见"),
    "conditions": Text(en="Conditions", zh="条件"),
    "limit": Text(en="Lower limit", zh="降低后的额度"),
    "accept": Text(en="Unknown", zh="未查清事项"),
    "reason": Text(en="Reason", zh="理由"),
    "status": Text(en="Status", zh="状态"),
}

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"You asked for this customer, so you cannot vote on it\.", "您是本申请的发起人，不能对其投票。"),
    (r"This vote is for an assessment that is no longer the current one\.", "此票针对的评估已不是当前评估。"),
    (
        r"open the case again, read what changed, and vote on the current assessment",
        "请重新打开案件，阅读变更内容后，对当前评估投票",
    ),
    (r"You have no seat in this decision\.", "您在本次审批中没有席位。"),
    (r"This case is decided\.", "本案已作出决定。"),
    (
        r"You asked for this customer, so you cannot rule on its list entries\.",
        "您是本申请的发起人，不能裁定其名单条目。",
    ),
    (r"The screening of this case has no such entry\.", "本案筛查结果中没有此条目。"),
    (r"The official number is equal, which is not a matter of judgement\.", "证件号码一致，无需裁定。"),
    (r"The ruling cannot be taken\.", "裁定无法受理。"),
    (r"The next round cannot be opened without a reason\.", "未说明理由，不能开启下一轮。"),
    (r"The record form cannot be taken\.", "查询记录无法受理。"),
    (r"The case has this very file already\.", "本案已有同一文件。"),
    (r"A run is moving this case right now\.", "系统正在处理本案。"),
    (
        r"try again in a minute, when its facts are settled; the papers then open the next round",
        "请稍候再试；事实确定后，新材料将开启下一轮",
    ),
    (r"what is new counts in the company's next case or review", "新情况将在该企业的下一案件或复审中考虑"),
    (r"a time that has been", "须为已过去的时间"),
    (r"not before (.*); look again", r"不早于 \1；请重新查询"),
    (r"no day after the look itself", "不得晚于查询当日"),
    (r"a web address that starts with https:// or http://", "以 https:// 或 http:// 开头的网址"),
    (r"either what was found, or no_record: true", "请填写查到的记录，或选择无记录"),
    (r"Only the person who asked for this customer may do that\.", "仅发起人可执行此操作。"),
    (r"No question waits for an answer\.", "没有待答复的提问。"),
    (r"This code is for an earlier round of this case\.", "此代码属于本案此前的轮次。"),
    (r"This case is decided already\.|This round is decided already\.", "本案已作出决定。"),
    (r"read the case again", "请重新阅读案件"),
    (r"It is not your turn: the stage that votes now is .*\.", "尚未轮到您：当前由其他阶段投票。"),
    (r"you will find the case in your inbox when your stage opens", "轮到您时，本案会出现在您的待办中"),
    (r"You have voted on this assessment already\.", "您已对本评估投过票。"),
    (r"A decline or a question needs a comment\.", "否决或提问须填写意见。"),
    (r"say why in the comment", "请在意见中说明原因"),
    (r"Not an open unknown of this case: (.*)\.", r"不是本案的未查清事项：\1。"),
    (r"open unknowns are: (.*)", r"未查清事项：\1"),
    (r"Each accepted unknown needs a reason\.", "接受每个未查清事项都须填写理由。"),
    (
        r"A vote may lower the recommended limit of (.*), not raise it\.",
        r"投票只能降低建议额度（\1），不能提高。",
    ),
    (r"Voting on this case is not open\.", "本案尚未开放投票。"),
    (r"This request is somebody's already\.", "本申请已被认领。"),
    (r"There is no such case\.", "没有此案件。"),
    (r"There is no such user\.", "没有此用户。"),
    (r"Username or password is wrong\.", "用户名或密码错误。"),
    (r"Too many failed sign-ins with this name\.", "该用户名登录失败次数过多。"),
    (r"wait five minutes", "请五分钟后再试"),
    (r"This person may not vote any more\.", "此人已停用，不能再投票。"),
    (r"The casebook refuses this change\.", "案卷拒绝此项更改。"),
    (r"The vote cannot be taken\.", "此票无法受理。"),
    (r"The list of cases cannot be filtered so\.", "无法按此条件筛选案件。"),
    (r"This form was not sent from the desk\.", "此表单不是从审批台发出的。"),
    (r"open the page again and send the form from there", "请重新打开页面后再提交"),
    (r"Only someone with a seat in an open vote gets a code\.", "仅在开放的投票中有席位的人可获取代码。"),
    (r"at most (\d+) characters a line", r"每行最多 \1 个字符"),
    (r"at most (\d+) characters", r"最多 \1 个字符"),
    (r"a tick in its box to accept it, or no reason", "请勾选以接受，或清空其理由"),
    (r"an amount such as (.*) or (.*)", r"金额，例如 \1 或 \2"),
    (r"Input should be 'approve', 'decline' or 'ask'", "请选择同意、否决或提问"),
    (r"Tuple should have at most (\d+) items after validation, not (\d+)", r"最多 \1 条，现有 \2 条"),
    (r"one of (.*)", r"以下之一：\1"),
    (r"You asked for this customer, so somebody else looks at it\.", "您是本申请的发起人，须由他人复看。"),
    (r"This case has no decision of the machine to look at\.", "本案没有可复看的系统决定。"),
    (r"(.*) has looked at this decision already\.", r"\1 已复看此决定。"),
    (r"This decision is still being carried out\.", "此决定仍在执行中。"),
    (r"try again in a moment", "请稍后再试"),
    (r"A look needs a note\.|The look cannot be taken\.", "复看无法受理，请填写结论与理由。"),
    (r"Too much was sent\.", "提交内容过大。"),
    (r"shorten what you wrote", "请缩短内容"),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), chinese) for pattern, chinese in _PATTERNS)


def told(said: Text) -> Text:
    """Return an error's sentence in both languages; one without a translation stays English in both."""
    if said.zh != said.en:
        return said
    sentence = said.en
    for pattern, chinese in _COMPILED:
        match = pattern.fullmatch(sentence)
        if match is not None:
            return Text(en=sentence, zh=match.expand(chinese))
    return Text(en=sentence, zh=sentence)


@dataclass(frozen=True)
class Refusal:
    """An error as a page tells it."""

    message: Text
    remedy: Text | None
    problems: tuple[Text, ...] = ()


def refusal_of(error: GatehouseError) -> Refusal:
    """Return what a page says about an error."""
    problems = error.problems if isinstance(error, BadInput) else ()
    return Refusal(
        message=told(error.message),
        remedy=told(error.remedy) if error.remedy.en else None,
        problems=tuple(map(_problem, problems)),
    )


def _problem(problem: Problem) -> Text:
    field = _FIELDS.get(problem.field.split(".")[0], Text(en=problem.field, zh=problem.field))
    expected = told(problem.expected)
    given = f" “{problem.value}”" if problem.value else ""
    return Text(en=f"{field.en}{given}: {expected.en}", zh=f"{field.zh}{given}：{expected.zh}")
