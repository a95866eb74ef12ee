"""Fitting the synthetic demand model to a trace: ``fit(trace) -> Fit``."""

from .fit import Fit, Parameters, fit
from .measures import CROSS_EDGES, LEVELS, Measures

__all__ = ["CROSS_EDGES", "LEVELS", "Fit", "Measures", "Parameters", "fit"]
