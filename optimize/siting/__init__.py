"""Siting: which sites of a cloud open, which unit goes where, and which site recovers which."""

from .choose import Sited, overfull, site_units
from .costs import Housing
from .instance import Choice, Instance, Ways, total_cny
from .solve import Effort, choose_sites
from .stand_by import Standing, stand_by

__all__ = [
    "Choice",
    "Effort",
    "Housing",
    "Instance",
    "Sited",
    "Standing",
    "Ways",
    "choose_sites",
    "overfull",
    "site_units",
    "stand_by",
    "total_cny",
]
