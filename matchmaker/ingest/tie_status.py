# ruff: noqa: E501 -- Chinese words are wide
"""Reading from a list of relations whether one still holds."""

from __future__ import annotations

from collections.abc import Collection

from matchmaker.regex import regex
from matchmaker.text import normal

_ENDED = frozenset({
    "ended", "inactive", "expired", "terminated", "finished", "completed", "closed", "dissolved",
    "cancelled", "canceled", "former", "past", "historic", "historical", "ceased", "lapsed",
    "revoked", "withdrawn", "stopped", "no longer", "not active", "no", "false", "0",
    "结束", "已结束", "终止", "已终止", "失效", "已失效", "到期", "已到期", "过期", "已过期", "解除", "已解除",
    "停止", "已停止", "完成", "已完成", "注销", "已注销", "历史", "曾经", "退出", "已退出", "无效", "取消",
    "已取消", "否", "beendet", "abgelaufen", "terminé", "finalizado",
})  # fmt: skip
_ACTIVE = frozenset({
    "active", "current", "ongoing", "valid", "in force", "existing", "present", "effective", "open",
    "live", "running", "continuing", "yes", "true", "1",
    "有效", "生效", "现行", "当前", "存续", "进行中", "执行中", "履行中", "在执行", "合作中", "正常", "活跃",
    "持续", "是", "aktiv", "laufend", "en cours", "activo", "vigente",
})  # fmt: skip


_CALLED_OFF = frozenset({
    "cancelled", "canceled", "cancellation", "void", "voided", "annulled", "withdrawn", "revoked",
    "called off", "not awarded", "storniert", "annulliert", "annulé", "annulée", "annullato", "anulado",
    "未中标", "落选", "落标", "淘汰", "未成交", "未入围", "rejected", "unsuccessful", "not selected",
    "取消", "已取消", "作废", "已作废", "撤销", "已撤销", "废标", "流标", "无效", "退单", "已退单",
    "退货", "已退货", "退款", "已退款", "红冲", "已红冲", "冲红", "已冲红", "returned", "refunded", "credited",
})  # fmt: skip


def is_called_off(cell: str) -> bool:
    """Tell whether a word says that an order never came to be."""
    return normal(cell) in _CALLED_OFF


_NEVER_BEGAN = frozenset({
    "planned", "proposed", "in preparation", "applied", "applied for", "submitted", "under review",
    "rejected", "declined", "not funded", "not approved", "unsuccessful", "not started", "geplant",
    "beantragt", "abgelehnt", "nicht gefördert", "no", "prévu", "planeado",
    "拟立项", "拟申报", "申报中", "申请中", "在申报", "待立项", "待审批", "评审中", "未立项", "未通过", "未获批",
    "洽谈中", "在谈", "意向中", "拟签约", "待签约", "待签", "拟签", "拟签订", "待签订", "不予立项", "落选", "筹备中", "意向", "否", "未启动",
})  # fmt: skip


# proposal stage, submitted 03/2025, under evaluation (stage 2)
_ONLY_PROPOSED = regex(
    r"(?:proposals?|proposed|submitted|application|applied|under (?:review|evaluation|negotiation)"
    r"|in (?:preparation|negotiation|evaluation)|idea|planned)\b.{0,40}"
    r"|(?:拟|待)(?:立项|申报|签约|启动).{0,12}|(?:申报|申请|评审|洽谈|筹备)中.{0,12}"
)


def never_began(cell: str) -> bool:
    """Tell whether a word says that a project did not come to be, or not yet."""
    word = normal(cell)
    return is_called_off(cell) or word in _NEVER_BEGAN or bool(_ONLY_PROPOSED.fullmatch(word))


def has_ended(cell: str, ended: Collection[str] = (), active: Collection[str] = ()) -> bool | None:
    """Tell whether a word says that a relation ended, None where it says neither.

    `ended` and `active` are words of a mapping, which come before the usual ones.
    """
    word = normal(cell)
    for words, value in ((ended, True), (active, False)):
        if word in map(normal, words):
            return value
    if word in _ENDED:
        return True
    return False if word in _ACTIVE else None
