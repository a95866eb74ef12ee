"""roomfold: many small machine rooms in, a consolidation plan and a citable savings statement out.

Four nouns, four folders, one direction: ``scenarios`` say what the world is (Scenario, World),
``optimize`` says what to build and when to move (Plan), ``sim`` says how it behaves hour by hour
(Run, Ledger, Study), ``reports`` says what it saved, how sure that is, and where each figure comes
from (Statement). Each noun is a frozen value; a stage reads only the nouns before it. ``cli`` is the
command line over the five calls ``load``, ``make_plan``, ``simulate``, ``state`` and ``publish``.
"""

__version__ = "0.1.0"
