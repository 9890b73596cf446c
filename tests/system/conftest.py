"""Long suites run only where they are asked for: `-m long`, or any `-m` that speaks of it."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked long, unless somebody named it."""
    if "long" in (config.option.markexpr or "") or any("::" in one for one in config.args):
        return
    out = [one for one in items if one.get_closest_marker("long") and one.path.is_relative_to(HERE)]
    config.hook.pytest_deselected(out)
    items[:] = [one for one in items if one not in set(out)]
