"""What a site draws beyond its IT load: UPS losses, cooling, lighting.

UPS loss is quadratic in the load (``rated * (a0 + a1 x + a2 x^2)``, x = IT load over rated power);
cooling has a part that stays and a part that follows the heat of IT and UPS. Both parts are set so
that the PUE at one given load is the one drawn for the site; at any other load PUE follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A site whose PUE leaves less than this still has to move its heat: COP 10, free cooling with fans.
COOLING_RATIO_MIN = 0.1
_TINY = 1e-12
# Shorter than this share of a step a site counts as off: what rounding leaves of its load is none.
_LIVE_MIN = 1e-6


@dataclass(frozen=True)
class Facility:
    """Sites, shape (sites,) each, powers in W.

    Attributes:
        rated_w: rated power of all UPS of the site together; they share the load.
        a0, a1, a2: loss coefficients, share of rated power.
        fixed_w: cooling power that does not follow the load.
        cooling_ratio: further cooling power per W of IT and UPS heat.
        lighting_w: lighting and other small loads.
    """

    rated_w: Floats
    a0: Floats
    a1: Floats
    a2: Floats
    fixed_w: Floats
    cooling_ratio: Floats
    lighting_w: Floats

    def only(self, rows: NDArray[np.int64]) -> Facility:
        """Some of the sites."""
        return Facility(
            self.rated_w[rows],
            self.a0[rows],
            self.a1[rows],
            self.a2[rows],
            self.fixed_w[rows],
            self.cooling_ratio[rows],
            self.lighting_w[rows],
        )

    def ups_loss_w(self, it_w: Floats, live: Floats) -> Floats:
        """Mean loss over a step.

        Args:
            it_w: mean IT power, shape (sites, steps).
            live: share of the step the site is energised, broadcast to it_w.
        """
        rated = np.maximum(self.rated_w, _TINY)[:, None]
        loss: Floats = it_w * (self.a2[:, None] / (rated * np.maximum(live, _LIVE_MIN)))
        loss += self.a1[:, None]
        loss *= it_w
        loss += self.a0[:, None] * self.rated_w[:, None] * live
        return loss

    def cooling_w(self, it_w: Floats, ups_w: Floats, live: Floats) -> Floats:
        """Mean cooling power over a step; arguments as in ups_loss_w."""
        cooling = it_w + ups_w
        cooling *= self.cooling_ratio[:, None]
        cooling += self.fixed_w[:, None] * live
        return cooling


def calibrate(
    *,
    rated_w: Floats,
    ups: Floats,
    pue: Floats,
    cooling_fixed_share: Floats,
    lighting_w: Floats,
    it_w: Floats,
) -> Facility:
    """Facilities whose PUE is ``pue`` at the IT load ``it_w``, shape (sites,) each.

    Where UPS loss and lighting alone leave less than COOLING_RATIO_MIN of the heat for cooling,
    cooling is that, and PUE at ``it_w`` is higher than drawn.

    Args:
        ups: a0, a1, a2 of each site, shape (sites, 3).
    """
    fill = it_w / np.maximum(rated_w, _TINY)
    loss = rated_w * (ups[:, 0] + ups[:, 1] * fill + ups[:, 2] * fill**2)
    heat = it_w + loss
    cooling = np.maximum((pue - 1) * it_w - loss - lighting_w, COOLING_RATIO_MIN * heat)
    follows = np.divide((1 - cooling_fixed_share) * cooling, heat, out=np.zeros_like(heat), where=heat > 0)
    return Facility(
        rated_w, ups[:, 0], ups[:, 1], ups[:, 2], cooling_fixed_share * cooling, follows, lighting_w
    )
