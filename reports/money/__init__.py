"""What an alternative means in money and by the standards' metrics: who pays, when, and what it returns.

Read first ``values`` (every figure, world by world), then ``cash_flows`` (years and payers), ``metrics``
(figures with a standard), ``statement`` and ``contract``; ``tables`` and ``sections`` write them down.
"""

from .statement import Money, Vendor, YearCash, money_of

__all__ = ["Money", "Vendor", "YearCash", "money_of"]
