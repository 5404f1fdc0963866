"""How Prefect stands: does it answer, does it ask for a password, and is everything deployed as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admission.errors import NOTHING, GatehouseError
from admission.model import Text
from cli.running.checks import Check, attempt, report_broken
from cli.running.deployments import POOL_WORDS, Astray, find_astray, wanted
from cli.running.reaching import START_IT, PrefectApi, is_open, prefect_api, see_prefect
from wiring import Settings

SHUT_IT = Text(
    en="start `gatehouse up` anew; on a server of your own set PREFECT_SERVER_API_AUTH_STRING (docs/operations.md)",
    zh="请重新启动 `gatehouse up`；自有服务器请设置 PREFECT_SERVER_API_AUTH_STRING（见 docs/operations.md）",
)
DEPLOY = Text(
    en="`gatehouse up` deploys them again; on a server of your own: prefect --no-prompt deploy --all",
    zh="`gatehouse up` 会重新部署；自有服务器请运行：prefect --no-prompt deploy --all",
)
MAKE_POOL = Text(
    en="`gatehouse up` sets it right; on a server of your own:"
    " prefect work-pool create gatehouse --type process --base-job-template work_pool.json --overwrite",
    zh="`gatehouse up` 会恢复；自有服务器请运行："
    "prefect work-pool create gatehouse --type process --base-job-template work_pool.json --overwrite",
)


def check_prefect(settings: Settings) -> Iterator[Check]:
    """Yield how the Prefect stands that moves this casebook's cases; if it does not answer, that alone."""
    api = prefect_api(settings)
    answers = attempt("Prefect", lambda: see_prefect(api), START_IT)
    yield answers
    if answers.state != "ready":
        return
    yield attempt("Prefect password", lambda: _see_password(api), SHUT_IT)
    try:
        astray = find_astray(api)
    except GatehouseError as error:
        yield report_broken("deployments", error, NOTHING)
        return
    yield _judge("work pool", [item for item in astray if item.what == POOL_WORDS], MAKE_POOL)
    yield _judge("deployments", [item for item in astray if item.what != POOL_WORDS], DEPLOY)


def _see_password(api: PrefectApi) -> Text:
    if is_open(api):
        raise GatehouseError(
            Text(
                en="Prefect answers without a password: whoever reaches it runs commands as the owner of this house.",
                zh="Prefect 无须密码即应答：能访问它的人都可以本系统所有者的身份执行命令。",
            )
        )
    return Text(en="asked for", zh="须提供")


def _judge(what: str, astray: Sequence[Astray], remedy: Text) -> Check:
    if astray:
        detail = Text(en="; ".join(item.words.en for item in astray), zh="；".join(item.words.zh for item in astray))
        return Check(what, "broken", detail, remedy)
    count = len(wanted())
    if what == "work pool":
        return Check(what, "ready", Text(en="lets no run choose what is executed", zh="运行不能自定执行内容"))
    return Check(what, "ready", Text(en=f"all {count} as in prefect.yaml", zh=f"{count} 个均与 prefect.yaml 一致"))
