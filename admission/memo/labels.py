"""How the codes of the domain are said to people: statuses, outcomes, departments, acts of the history."""

from __future__ import annotations

from admission.approval import rounds, sampling
from admission.approval.seats import SEAT_NAMES
from admission.customers.orders.asked import BLOCK_STATES
from admission.evidence import watchlists
from admission.model import Text

SEATS = SEAT_NAMES
STATUSES = {
    "gathering": Text(en="gathering evidence", zh="资料收集中"),
    "unattributed": Text(en="without an owner", zh="待认领"),
    "voting": Text(en="voting", zh="审批中"),
    "decided": Text(en="decided", zh="已决定"),
    "concluded": Text(en="concluded", zh="已办结"),
}
KINDS = {
    "onboarding": Text(en="onboarding", zh="准入"),
    "review": Text(en="review", zh="复审"),
    "limit_change": Text(en="limit change", zh="额度调整"),
}
OUTCOMES = {
    "admitted": Text(en="admitted", zh="准入"),
    "declined": Text(en="declined", zh="拒绝"),
    "kept": Text(en="kept", zh="复审通过"),
    "ended": Text(en="ended", zh="终止合作"),
}
DECIDED_BY = {
    "people": Text(en="by people", zh="人工审批"),
    "fast_track": Text(en="by the system: fast track", zh="系统：快速通道"),
    "knock_out": Text(en="by the system: knock-out", zh="系统：触发禁入条款"),
    "renewal": Text(en="by the system: renewal unchanged", zh="系统：无变化，维持额度"),
    "expiry": Text(en="by the system: nobody decided in time", zh="系统：逾期未审批"),
    "import": Text(en="with the book: not assessed here", zh="存量客户导入：本系统尚未评估"),
}
CHOICES = {
    "approve": Text(en="approve", zh="同意"),
    "decline": Text(en="decline", zh="不同意"),
    "ask": Text(en="ask", zh="提问"),
}
EFFECTS = {
    "reject": Text(en="rejects if failed", zh="不通过即拒绝"),
    "refer": Text(en="refers to approvers if failed", zh="不通过转人工审批"),
    "secured_only": Text(en="secured terms only if failed", zh="不通过则须提供担保"),
    "hold": Text(en="on hold if failed", zh="不通过则暂缓"),
    "committee": Text(en="refers to the committee if failed", zh="不通过提交评审委员会"),
}
CONDITION_STATES = {
    "open": Text(en="open", zh="未落实"),
    "met": Text(en="met", zh="已落实"),
    "waived": Text(en="waived", zh="已豁免"),
    "expired": Text(en="expired", zh="已过期"),
}
ORDER_STATES: dict[str, Text] = {str(state): text for state, text in BLOCK_STATES.items()}
STAGE_STATES = {
    "done": Text(en="approved", zh="已通过"),
    "declined": Text(en="declined", zh="已否决"),
    "now": Text(en="voting now", zh="审批中"),
    "later": Text(en="opens later", zh="尚未开始"),
    "closed": Text(en="not needed any more", zh="不再需要"),
}
IDENTIFIERS = {
    "cik": Text(en="SEC CIK", zh="SEC CIK"),
    "uk_company_number": Text(en="UK company number", zh="英国公司编号"),
    "lei": Text(en="LEI", zh="LEI"),
    "uscc": Text(en="USCC", zh="统一社会信用代码"),
    "vat": Text(en="VAT", zh="增值税号"),
    "ein": Text(en="EIN", zh="EIN"),
    "duns": Text(en="D-U-N-S", zh="邓白氏编码"),
}
CHANNELS = {
    "desk": Text(en="desk", zh="审批台"),
    "cli": Text(en="command line", zh="命令行"),
    "api": Text(en="API", zh="接口"),
    "resume_form": Text(en="Prefect form", zh="Prefect 表单"),
    "prefect": Text(en="Prefect", zh="Prefect"),
}
DECLARED = {
    "founded": Text(en="Founded", zh="成立日期"),
    "annual_revenue": Text(en="Annual revenue", zh="年营业收入"),
    "total_assets": Text(en="Total assets", zh="资产总额"),
    "net_income": Text(en="Net income", zh="净利润"),
    "headcount": Text(en="Employees", zh="员工人数"),
}
UNITS = {
    "months": Text(en="months", zh="个月"),
    "years": Text(en="years", zh="年"),
    "days": Text(en="days", zh="天"),
}
# Lines of annual accounts.
FIGURES = {
    "cash": Text(en="cash", zh="货币资金"),
    "receivables": Text(en="receivables", zh="应收账款"),
    "inventory": Text(en="inventory", zh="存货"),
    "current_assets": Text(en="current assets", zh="流动资产合计"),
    "goodwill": Text(en="goodwill", zh="商誉"),
    "intangible_assets": Text(en="intangible assets", zh="无形资产"),
    "total_assets": Text(en="total assets", zh="资产总计"),
    "current_liabilities": Text(en="current liabilities", zh="流动负债合计"),
    "total_liabilities": Text(en="total liabilities", zh="负债合计"),
    "payables": Text(en="payables", zh="应付账款"),
    "retained_earnings": Text(en="retained earnings", zh="未分配利润"),
    "equity": Text(en="equity", zh="所有者权益合计"),
    "revenue": Text(en="revenue", zh="营业收入"),
    "cost_of_sales": Text(en="cost of sales", zh="营业成本"),
    "operating_profit": Text(en="operating profit", zh="息税前利润"),
    "operating_profit_after_finance_cost": Text(en="operating profit after finance cost", zh="营业利润"),
    "interest_expense": Text(en="interest expense", zh="利息费用"),
    "net_income": Text(en="net income", zh="净利润"),
    "depreciation": Text(en="depreciation", zh="折旧与摊销"),
    "operating_cash_flow": Text(en="operating cash flow", zh="经营活动现金流量净额"),
}
BASES = {
    "identifier": Text(en="official number", zh="企业识别号"),
    "near_identifier": Text(en="resembling official number", zh="企业识别号近似"),
    "name": Text(en="equal name", zh="名称相同"),
    "near_name": Text(en="resembling name", zh="名称近似"),
}
LEGAL_KINDS = {
    "insolvency": Text(en="insolvency", zh="破产重整"),
    "winding_up_petition": Text(en="winding-up petition", zh="清盘申请"),
    "petition_dismissed": Text(en="petition dismissed", zh="清盘申请被驳回"),
    "solvent_liquidation": Text(en="solvent liquidation", zh="自愿清算"),
    "charge": Text(en="charge", zh="抵押"),
    "judgment": Text(en="judgment", zh="判决"),
    "dishonest_debtor": Text(en="dishonest debtor", zh="失信被执行人"),
    "enforcement": Text(en="enforcement", zh="被执行人"),
    "consumption_limit": Text(en="consumption limit", zh="限制消费"),
    "abnormal_operations": Text(en="abnormal operations", zh="经营异常名录"),
    "penalty": Text(en="penalty", zh="行政处罚"),
    "lawsuit": Text(en="lawsuit", zh="涉诉案件"),
    "commercial_paper_overdue": Text(en="commercial paper overdue", zh="商票持续逾期"),
    "other_notice": Text(en="other notice", zh="其他公告"),
}
# What a person looks up at official sites, besides the register of companies.
LOOK_TOPICS = {
    "dishonest_debtor": LEGAL_KINDS["dishonest_debtor"],
    "enforcement": LEGAL_KINDS["enforcement"],
    "consumption_limit": LEGAL_KINDS["consumption_limit"],
    "abnormal_operations": LEGAL_KINDS["abnormal_operations"],
    "penalties": LEGAL_KINDS["penalty"],
    "insolvency": LEGAL_KINDS["insolvency"],
    "lawsuits": LEGAL_KINDS["lawsuit"],
}
SEARCHED_BY = {
    "uscc": Text(en="unified social credit code", zh="统一社会信用代码"),
    "name": Text(en="name of the company", zh="企业名称"),
    "legal_representative": Text(en="legal representative", zh="法定代表人"),
}
LEGAL_STATES = {
    "open": Text(en="running", zh="进行中"),
    "closed": Text(en="ended", zh="已终结"),
    "unclear": Text(en="unclear", zh="不确定"),
}
EVENTS = {
    "bankruptcy_petition": Text(en="bankruptcy petition", zh="破产申请"),
    "bankruptcy_plan": Text(en="bankruptcy plan", zh="重整计划"),
    "bankruptcy_emergence": Text(en="emergence from bankruptcy", zh="走出破产"),
    "bankruptcy_unspecified": Text(en="bankruptcy matter", zh="破产事项"),
    "debt_acceleration": Text(en="debt acceleration", zh="债务加速到期"),
    "impairment": Text(en="impairment", zh="减值"),
    "delisting_notice": Text(en="delisting notice", zh="退市通知"),
    "auditor_change": Text(en="change of auditor", zh="更换审计师"),
    "non_reliance": Text(en="accounts not to be relied on", zh="报表不可依赖"),
    "late_filing": Text(en="late filing", zh="逾期披露"),
    "deregistration": Text(en="deregistration", zh="注销登记"),
    "strike_off_notice": Text(en="strike-off notice", zh="注销（吊销）公告"),
    "strike_off_stopped": Text(en="strike-off stopped", zh="注销中止"),
    "insolvency_filing": Text(en="insolvency filing", zh="破产备案"),
}
RULINGS: dict[str, Text] = {str(word): text for word, text in watchlists.RULINGS.items()}
ROUND_KINDS: dict[str, Text] = {str(kind): text for kind, text in rounds.ROUND_KINDS.items()}
LOOKS: dict[str, Text] = {str(verdict): text for verdict, text in sampling.LOOKS.items()}

ACTS = {
    "reviews.swept": Text(en="due reviews opened by the daily run", zh="每日复审任务运行完成"),
    "limits.swept": Text(en="limits checked by the daily run", zh="每日额度检查运行完成"),
    "case.opened": Text(en="case opened", zh="受理申请"),
    "case.imported": Text(en="came with the house's book; not assessed", zh="随存量客户导入，未经评估"),
    "book.proposed": Text(en="book of customers proposed", zh="提出导入存量客户"),
    "book.confirmed": Text(en="book of customers confirmed by a second person", zh="第二人复核存量客户导入"),
    "book.admitted": Text(en="customers of the book admitted", zh="存量客户转入"),
    "book.refused": Text(en="book of customers refused", zh="退回存量客户导入"),
    "book.expired": Text(en="book of customers dropped: nobody settled it in time", zh="存量客户导入逾期作废"),
    "book.confirmation_refused": Text(en="confirmation of a book refused", zh="存量客户导入的复核被拒绝"),
    "condition.met": Text(en="condition found met", zh="条件已落实"),
    "condition.waived": Text(en="condition waived", zh="条件已豁免"),
    "security.recorded": Text(en="security recorded", zh="登记担保"),
    "security.confirmed": Text(en="security confirmed by a second person", zh="第二人复核担保"),
    "security.revoked": Text(en="security revoked", zh="撤销担保"),
    "insurance.recorded": Text(en="credit insurance recorded", zh="登记信用保险合同"),
    "cover.recorded": Text(en="word of the credit insurer recorded", zh="登记保险人批复"),
    "hold.placed": Text(en="deliveries stopped", zh="暂停发货"),
    "hold.released": Text(en="deliveries go on", zh="恢复发货"),
    "limit.cut": Text(en="limit cut", zh="调减额度"),
    "limit.raise_proposed": Text(en="raise of the limit for a time proposed", zh="提出临时调增额度"),
    "limit.raise_confirmed": Text(en="raise of the limit confirmed by a second person", zh="第二人复核临时调增额度"),
    "limit.step_earned": Text(en="limit raised for paying on time", zh="凭按时付款调增额度"),
    "limit.step_ended": Text(en="raise for paying on time taken back", zh="撤销凭按时付款的调增"),
    "limit.change_ended": Text(en="change of the limit taken back", zh="撤销额度调整"),
    "group_limit.proposed": Text(en="limit of a group proposed", zh="提出集团额度"),
    "group_limit.confirmed": Text(en="limit of a group confirmed by a second person", zh="第二人复核集团额度"),
    "group_limit.ended": Text(en="limit of a group ended", zh="撤销集团额度"),
    "group_limit.refused": Text(en="act on the limit of a group refused", zh="集团额度操作被拒绝"),
    "bulk.proposed": Text(en="act on many customers proposed", zh="提出批量操作"),
    "bulk.proposal_refused": Text(en="proposal of an act on many customers refused", zh="批量操作的提出被拒绝"),
    "bulk.listed": Text(en="put on the list of an act on many customers", zh="列入批量操作清单"),
    "bulk.confirmed": Text(en="act on many customers confirmed by a second person", zh="第二人复核批量操作"),
    "bulk.confirmation_refused": Text(en="confirmation of an act on many refused", zh="批量操作的复核被拒绝"),
    "bulk.carried": Text(en="act on many customers carried out", zh="执行批量操作"),
    "bulk.left_alone": Text(en="left alone by an act on many customers", zh="批量操作未予处理"),
    "bulk.refused": Text(en="act on many customers refused", zh="退回批量操作"),
    "order.blocked": Text(en="order blocked", zh="冻结订单"),
    "order.released": Text(en="order released", zh="放行订单"),
    "order.refused": Text(en="release of an order refused", zh="未予放行订单"),
    "order.reserved": Text(en="limit reserved for an order", zh="为订单预留额度"),
    "order.reservation_ended": Text(en="reservation for an order ended", zh="订单预留结束"),
    "order.denied": Text(en="act on an order refused", zh="订单操作被拒绝"),
    "customer.refused": Text(en="act on the customer's file refused", zh="客户档案操作被拒绝"),
    "case.taken": Text(en="request taken", zh="认领申请"),
    "case.unattributed": Text(en="waiting for an owner", zh="等待认领"),
    "case.decided": Text(en="decided", zh="作出决定"),
    "case.concluded": Text(en="concluded", zh="办结"),
    "voting.opened": Text(en="voting opened", zh="开始审批"),
    "vote.cast": Text(en="vote cast", zh="提交审批意见"),
    "round.opened": Text(en="next round opened", zh="开启下一轮"),
    "round.refused": Text(en="next round refused", zh="未能开启下一轮"),
    "ledger.loaded": Text(en="customer ledger loaded", zh="载入应收账款台账"),
    "ledger.accounts": Text(en="customer numbers of the ledger assigned", zh="设置台账客户编号对应的企业"),
    "watchlist.loaded": Text(en="watch list loaded", zh="载入名单"),
    "watchlist.ruled": Text(en="list entry ruled on", zh="裁定名单条目"),
    "watchlist.ruling_confirmed": Text(en="ruling signed by a second person", zh="第二人签署裁定"),
    "evidence.confirmed": Text(en="evidence confirmed by a second person", zh="第二人复核资料"),
    "confirmation.refused": Text(en="second signature refused", zh="第二人签署未被接受"),
    "take.refused": Text(en="taking the request refused", zh="认领未被接受"),
    "ruling.refused": Text(en="ruling refused", zh="裁定未被接受"),
    "override.proposed": Text(en="override proposed", zh="提出例外"),
    "override.confirmed": Text(en="override confirmed", zh="确认例外"),
    "override.refused": Text(en="override refused", zh="例外未被接受"),
    "sample.seed_made": Text(en="seed for drawing samples made", zh="生成抽样种子"),
    "sample.drawn": Text(en="drawn for a spot check", zh="抽中待抽检"),
    "sample.not_drawn": Text(en="not drawn for a spot check", zh="未抽中"),
    "sample.agreed": Text(en="spot check: agreed", zh="抽检：同意"),
    "sample.reopened": Text(en="spot check: re-opened", zh="抽检：重开"),
    "look.refused": Text(en="spot check refused", zh="抽检意见未被接受"),
    "judgement.refused": Text(en="judgement refused", zh="评价未被接受"),
    "answer.refused": Text(en="answer refused", zh="答复未被接受"),
    "application.edited": Text(en="application edited", zh="修改申请"),
    "edit.refused": Text(en="edit refused", zh="修改未被接受"),
    "shadow.assessed": Text(en="assessed by the shadow policy", zh="影子准入政策已试算"),
    "shadow.failed": Text(en="the shadow policy failed", zh="影子准入政策试算失败"),
    "snapshot.filled_in": Text(en="snapshot of decision time filled in", zh="补录决策时快照"),
    "performance.recorded": Text(en="performance recorded", zh="登记还款表现"),
    "performance.refused": Text(en="performance refused", zh="履约登记未被接受"),
    "code.ended": Text(en="code ended", zh="一次性代码失效"),
    "code.refused": Text(en="code refused", zh="一次性代码被拒"),
    "run.waiting": Text(en="run waits", zh="运行等待中"),
    "run.woken": Text(en="run woken", zh="运行已唤醒"),
    "vote.refused": Text(en="vote refused", zh="审批意见未被接受"),
    "code.issued": Text(en="code issued", zh="签发一次性代码"),
    "code.redeemed": Text(en="code used", zh="使用一次性代码"),
    "evidence.added": Text(en="evidence added", zh="新增证据"),
    "evidence.refused": Text(en="evidence refused", zh="证据未被接受"),
    "vote.reminded": Text(en="voters reminded", zh="提醒审批"),
    "vote.escalated": Text(en="late vote escalated", zh="逾期审批升级"),
    "call.booked": Text(en="paid call booked", zh="登记付费查询"),
    "call.closed": Text(en="paid call ended", zh="付费查询结束"),
    "facts.saved": Text(en="facts saved", zh="保存事实"),
    "validation.saved": Text(en="data checked", zh="数据检查完成"),
    "assessment.saved": Text(en="assessment saved", zh="保存评估"),
    "memo.published": Text(en="memo published", zh="发布审批表"),
    "run.noted": Text(en="run noted", zh="登记运行"),
    "lease.taken_back": Text(en="its run was lost", zh="其运行已中断"),
    "lease.taken_over": Text(en="taken over by another run", zh="由另一运行接手"),
    "batch.failed": Text(en="not carried on by a batch", zh="批次未能继续办理"),
    "wake.requested": Text(en="run to be woken", zh="请求唤醒运行"),
    "deployments.restored": Text(en="deployments put back", zh="部署已恢复"),
    "deployments.astray": Text(en="deployments changed, not put back", zh="部署被改动，未能恢复"),
    "outbox.put": Text(en="message written", zh="写入待发消息"),
    "outbox.delivered": Text(en="message delivered", zh="消息已送达"),
    "outbox.failed": Text(en="delivery failed", zh="消息发送失败"),
    "outbox.dead": Text(en="delivery given up", zh="消息放弃发送"),
    "outbox.retried": Text(en="delivery tried again", zh="重新发送消息"),
    "review.rescheduled": Text(en="review rescheduled", zh="调整复审日期"),
    "step.prescreen": Text(en="step done: prescreen", zh="完成：预审"),
    "step.investigate": Text(en="step done: investigate", zh="完成：调查"),
    "step.validate": Text(en="step done: validate", zh="完成：数据检查"),
    "step.assess": Text(en="step done: assess", zh="完成：评估"),
    "step.publish_memo": Text(en="step done: publish memo", zh="完成：发布审批表"),
    "step.open_voting": Text(en="step done: open voting", zh="完成：开始审批"),
    "step.conclude": Text(en="step done: conclude", zh="完成：办结"),
}


def said(table: dict[str, Text], code: str) -> Text:
    """Return a code's words; one that has none yet is shown as it is."""
    return table.get(code) or Text(en=code, zh=code)
