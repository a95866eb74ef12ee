"""Re-planning a running cloud: which components should move to which hosts, when moving costs.

The problem is Google's machine reassignment (ROADEF/EURO challenge 2012). In roomfold's words: a machine is a
host, a process a component, a service a system; a location is a rack or a site over which a system must be
spread, a neighbourhood a zone in which systems that depend on each other must meet, and a transient resource
is one that a move holds at both ends. ``read`` and ``read_all`` read the challenge's files, ``improve`` finds
a cheaper assignment, ``cost_of`` and ``broken_rules`` check any assignment apart from the search.
"""

from .bound import lower_bound
from .cost import Cost, broken_rules, cost_of
from .improve import Reassigned, improve
from .instance import Instance
from .read import read, read_all

__all__ = [
    "Cost",
    "Instance",
    "Reassigned",
    "broken_rules",
    "cost_of",
    "improve",
    "lower_bound",
    "read",
    "read_all",
]
