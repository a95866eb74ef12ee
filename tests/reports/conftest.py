"""What tests of reports share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roomfold.reports.charts import CHARTS

FEW = ("waterfall", "rooms", "migration")


@pytest.fixture(scope="module")
def few_charts() -> Iterator[tuple[str, ...]]:
    """Reports have only these charts, where charts are not the matter: drawing all takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roomfold.reports.charts.CHARTS", {name: CHARTS[name] for name in FEW})
        yield FEW
