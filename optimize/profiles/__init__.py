"""Time-aware packing: components whose busy hours differ share a host.

``load`` says what components ask for, class of hours by class of hours, and how uncertain that is; ``risk``
turns it into a chance of overload; ``rows`` proves how few hosts can do; ``fill`` places on given hosts,
``few`` builds hosts that hold few; ``pack`` puts it together for one pool, ``pools`` for those of a cloud.
``items`` names what goes in and comes out.
"""

from __future__ import annotations

from .items import Offer, Packed, Profiles
from .load import Load, expected_load, measured_load
from .pack import pack_profiles
from .pools import Ask, PlacedPacking, ask, flat_packing, overload_of, pack_pool, too_busy_for

__all__ = [
    "Ask",
    "Load",
    "Offer",
    "Packed",
    "PlacedPacking",
    "Profiles",
    "ask",
    "expected_load",
    "flat_packing",
    "measured_load",
    "overload_of",
    "pack_pool",
    "pack_profiles",
    "too_busy_for",
]
