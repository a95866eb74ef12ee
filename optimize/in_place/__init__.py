"""Hosts that stand in the rooms: servers are folded onto few hosts where they are, and no room closes.

``plan`` packs every room and decides which pools fold, ``pack`` fills the hosts of one pool, ``dates`` says
when each system goes over.
"""

from __future__ import annotations

from .plan import plan_in_place

__all__ = ["plan_in_place"]
