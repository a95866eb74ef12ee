"""The estate of today as listed in three tables: rooms.csv, systems.csv and servers.csv.

Read ``columns`` (what the tables hold) and ``read`` (the tables as arrays). ``write`` writes them, ``check``
holds them against the scenario that names them; ``draw_listed`` in the package above makes an estate of them.
"""

from .columns import TABLES, Column
from .read import Listed, read_listed
from .write import write_tables

__all__ = ["TABLES", "Column", "Listed", "read_listed", "write_tables"]
