"""Packing instances of public formats: VPSolver's ``.vbp``, ROADEF 2012, openb, machines by flavour.

``read`` sorts files into instances, ``answer`` packs one and says what was found, as ``roomfold pack``
prints it.
"""

from .answer import Answer, answer
from .kinds import Instance, read

__all__ = ["Answer", "Instance", "answer", "read"]
