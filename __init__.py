"""roomfold: many small machine rooms in, a consolidation plan and a citable savings statement out.

Frozen nouns, four folders, one direction: ``scenarios`` say what the world is (Scenario, World),
``optimize`` says what to build and when to move (Plan), ``sim`` says how it behaves hour by hour
(Run, Ledger, Study), ``reports`` says what it saved, how sure that is, and where each figure comes
from (Statement). A stage reads only the nouns before it. ``cli`` is the command line over the calls
``load``, ``draw_world``, ``make_plan``, ``simulate``, ``run_study``, ``state`` and ``publish``.
"""

__version__ = "1.0.0"
