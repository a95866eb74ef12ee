"""The report's tables as a spreadsheet: every total is a formula that a reader can follow to its bookings.

Read ``build`` first: it names the sheets. ``book`` writes cells with the values that they come to.
"""

from .build import workbook

__all__ = ["workbook"]
