"""What a report says of an alternative whose hosts stand in the rooms."""

from __future__ import annotations

import pytest

from roomfold.reports.messages import Lang
from roomfold.reports.sentences import details, finding
from roomfold.reports.statement import state

from .small_study import small_study

KIND = "alternatives.virtualise={title: {en: In place, zh: 就地}, like: consolidate, kind: virtualise}"


@pytest.mark.parametrize(
    ("lang", "stays", "closes"),
    [("en", "Every room stays", "rooms close"), ("zh", "机房全部保留", "关闭机房")],
)
def test_no_room_is_said_to_close(lang: Lang, stays: str, closes: str) -> None:
    statement = state(small_study(KIND, worlds=2))
    text = " ".join([finding(statement, "virtualise", lang), *details(statement, "virtualise", lang)])
    assert stays in text and closes not in text
    assert all(check.alternative == "consolidate" for check in statement.claims)
    assert statement.savings["virtualise"].annual["leased_lines"].span == (0.0, 0.0, 0.0)
