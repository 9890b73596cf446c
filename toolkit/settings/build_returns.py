"""The checked form of `returns` into settings, and into the clock that it governs."""

from __future__ import annotations

from dataclasses import replace

from toolkit.rules.policy import Policy
from toolkit.settings import form_returns, model_returns


def returns(one: form_returns.ReturnsForm) -> model_returns.ReturnSetting:
    """The reasons in the order of `reason_order`, those that it does not name after them."""
    reasons = {
        key: model_returns.ReasonSetting(reason.class_, reason.label, reason.hide)
        for key, reason in one.reasons.items()
    }
    order = dict.fromkeys((*(key for key in one.reason_order if key in reasons), *reasons))
    return model_returns.ReturnSetting(
        refund_when=one.refund_when,
        accepts=one.accepts,
        window_for=one.window_for,
        freight_back_for=one.freight_back_for,
        large=frozenset(one.large),
        opened_to_see=frozenset(one.opened_to_see),
        reasons=reasons,
        offered=tuple(key for key in order if not reasons[key].is_hidden),
    )


def with_refund_start(policies: tuple[Policy, ...], one: form_returns.ReturnsForm) -> tuple[Policy, ...]:
    """P-19 names both starts of the refund's clock; `refund_when` says which one counts."""
    both = frozenset(model_returns.REFUND_STARTS.values())
    start = (model_returns.REFUND_STARTS[one.refund_when],)
    return tuple(
        replace(each, starts=start) if each.register == "returns" and set(each.starts) == both else each
        for each in policies
    )
