"""A real study, small, whose names would do harm if a page took them for more than text."""

from __future__ import annotations

import json

from roomfold.reports.messages import LANGS
from roomfold.sim.outcome import Study

from ..small_study import renamed

# Names that would do something if it were not text: set window.harmed, or leave the place it stands in.
HOSTILE = {
    "title": "</title></style><script>window.harmed=1</script><svg onload='window.harmed=2'>",
    "alternatives.consolidate.title": '"><img src=x onerror="window.harmed=3"> {{ 7*7 }} ${7*7} '
    + "名" * 120,
    "estate.levels.banner.title": "</script><script>window.harmed=4</script><!--javascript:window.harmed=5",
}


def hostile_study() -> Study:
    """Names in both languages; not simulated again."""
    return renamed(*(f"{path}.{lang}={json.dumps(name)}" for path, name in HOSTILE.items() for lang in LANGS))
