"""The checked form of `figures` into settings."""

from __future__ import annotations

from toolkit.rules.outliers import Limits
from toolkit.settings.form_figures import FiguresForm
from toolkit.settings.model_figures import FigureSetting


def figures(one: FiguresForm) -> FigureSetting:
    """What the figures count."""
    return FigureSetting(
        faults=one.faults.when,
        delivered_within=one.delivered_within,
        limits=Limits(one.outlier, one.least, one.least_orders),
        causes=one.causes,
    )
