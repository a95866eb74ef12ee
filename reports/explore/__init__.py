"""What-ifs at once: a page of sliders that answers from the worlds a run has stored.

Read first ``stored`` (the run taken apart), then ``laws`` (what each part grows with), ``surrogate`` (worlds
under other inputs, and how far to trust them), ``inputs`` (which may be changed), ``payload`` and ``page``.
"""

from __future__ import annotations

from .page import explore
from .stored import ExploreError

__all__ = ["ExploreError", "explore"]
