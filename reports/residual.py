"""What is left at the end of the horizon of what was bought within it, see ``sim.worth``.

Without this a future that renews late would look dear, and one that has to renew soon after the horizon
cheap. What a vendor still owns then is no value of the government's.
"""

from __future__ import annotations

import numpy as np

from ..sim.worth import Assets, cloud_assets, handover_month, left_share, room_assets
from .books import Books
from .quantiles import Floats


def residual_cny(books: Books, name: str, over: Floats | None = None) -> Floats:
    """Value to the government at the end of the horizon in CNY, not discounted, shape (worlds,).

    Args:
        over: what each price is divided by, shape (worlds, items); nothing if None.
    """
    cost = books.each(name, lambda o: o.cost_cny)
    rooms = _left(books, cost if over is None else cost / over[:, None, :], room_assets(books.scenario))
    return rooms + np.where(vendor_owns(books, name), 0.0, cloud_left(books, name, over))


def cloud_left(books: Books, name: str, over: Floats | None = None) -> Floats:
    """Value of what was bought for the cloud, whoever owns it; arguments as in ``residual_cny``."""
    cloud = books.scenario.alternatives[name].cloud
    if cloud is None:
        return np.zeros(len(books.results))
    cost = books.each(name, lambda o: o.society_cny)
    return _left(
        books, cost if over is None else cost / over[:, None, :], cloud_assets(books.scenario, cloud)
    )


def vendor_owns(books: Books, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether a vendor owns the cloud at the end of the horizon, shape (worlds,)."""
    alternative = books.scenario.alternatives[name]
    financing, cloud = alternative.financing, alternative.cloud
    if financing is None or cloud is None or financing.term_years is None:  # only a vendor has a term
        return np.zeros(len(books.results), dtype=np.bool_)
    opens = books.clock.month_of_hour(books.clock.hour_of(cloud.opens))
    ends = handover_month(financing, opens, books.drawn(financing.term_years.path))
    return np.asarray(ends > books.clock.months)


def _left(books: Books, cost: Floats, assets: list[Assets]) -> Floats:
    """Value of assets bought at a cost, shape (worlds, months, items) -> (worlds,)."""
    value = np.zeros(len(cost))
    for asset in assets:
        left = left_share(cost.shape[1], books.drawn(asset.life_years.path))
        value += (cost[:, :, asset.rows].sum(axis=2) * left).sum(axis=1)
    return value
