"""Reports on fleet scenarios: what policies of dynamic consolidation use and what they break.

Read first ``statement`` (``state_fleet``) and ``publish`` (``publish_fleet``); ``screen`` is the table on a
terminal, ``charts`` and ``page`` the pictures and the report, ``tables`` the Parquet files.
"""

from __future__ import annotations

from .publish import publish_fleet
from .screen import fleet_table
from .statement import FleetStatement, state_fleet

__all__ = ["FleetStatement", "fleet_table", "publish_fleet", "state_fleet"]
