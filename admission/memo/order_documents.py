"""An order check and a blocked order as JSON documents, and in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from admission.customers.orders.asked import BLOCK_STATES
from admission.customers.orders.blocks import Block
from admission.customers.orders.check import Binds, BlockReason, OrderCheck
from admission.customers.orders.sharing import Shared
from admission.model import Language, Text

RESULTS = {"free": Text(en="free", zh="可放行"), "blocked": Text(en="blocked", zh="冻结")}

BINDS: dict[Binds, Text] = {
    "customer": Text(en="of the customer's limit", zh="客户额度"),
    "group": Text(en="of the group's limit", zh="集团额度"),
    "unit": Text(en="of the selling unit's part", zh="销售单位额度"),
}


def order_document(check: OrderCheck, block: str | None, language: Language) -> dict[str, Any]:
    """Return what came of an order check.

    Args:
        check: what came of it.
        block: name of the blocked order; None where it is free.
        language: of its sentences.
    """
    figures, release = check.figures, check.release
    return {
        "order": check.asked.order,
        "result": check.result,
        "reasons": _reasons(check.reasons, language),
        "waived": _reasons(check.waived, language),
        "block": block,
        "release": None if release is None else release.model_dump(mode="json", exclude={"holds"}),
        **figures.model_dump(mode="json", exclude={"group", "unit", "by_parent"}),
        "group": _shared(figures.group),
        "unit": _shared(figures.unit),
        "by_parent": figures.by_parent,
        "binds": figures.binds,
        "exposure": None if figures.exposure is None else str(figures.exposure),
        "headroom": None if figures.headroom is None else str(figures.headroom),
        "as_of": check.as_of.isoformat(),
        "ledger": check.ledger or None,
        "ledger_as_of": None if check.ledger_as_of is None else check.ledger_as_of.isoformat(),
    }


def block_document(block: Block, language: Language) -> dict[str, Any]:
    """Return a blocked order, with what came of its newest check."""
    return {
        **block.model_dump(mode="json", exclude={"check", "release"}),
        "amount": str(block.check.asked.amount),
        "currency": block.check.asked.currency,
        "deliver_on": block.check.asked.deliver_on.isoformat(),
        **order_document(block.check, block.id, language),
        "release": None if block.release is None else block.release.model_dump(mode="json", exclude={"holds"}),
        "house_currency": block.check.figures.currency,
    }


def order_line(check: OrderCheck, block: str | None) -> Text:
    """Return what came of an order check in one line."""
    said, headroom = RESULTS[check.result], check.figures.headroom
    name = f" ({block})" if block else ""
    left = "?" if headroom is None else f"{headroom:,.2f} {check.figures.currency}"
    order, binds = check.asked.order, check.figures.binds
    # Whose limit leaves least is told where there is more than one.
    whose = Text(en="", zh="")
    if check.figures.group is not None and binds is not None:
        whose = Text(en=f" ({BINDS[binds].en})", zh=f"（{BINDS[binds].zh}）")
    return Text(
        en=f"order {order}: {said.en}{name}; headroom with it {left}{whose.en}",
        zh=f"订单 {order}：{said.zh}{name}；含本订单的剩余额度 {left}{whose.zh}",
    )


def block_line(block: Block) -> Text:
    """Return a blocked order in one line."""
    asked, state = block.check.asked, BLOCK_STATES[block.state]
    amount, codes = f"{asked.amount:,.2f} {asked.currency}", ", ".join(block.check.codes)
    return Text(
        en=f"{block.id} {state.en}: order {asked.order} of {block.company_key}, {amount}, {codes}",
        zh=f"{block.id} {state.zh}：{block.company_key} 的订单 {asked.order}，{amount}，{codes}",
    )


def _shared(shared: Shared | None) -> dict[str, Any] | None:
    if shared is None:
        return None
    headroom = None if shared.headroom is None else str(shared.headroom)
    return {**shared.model_dump(mode="json"), "headroom": headroom}


def _reasons(reasons: Iterable[BlockReason], language: Language) -> list[dict[str, str]]:
    return [{"code": str(reason.code), "text": reason.text.to(language)} for reason in reasons]
