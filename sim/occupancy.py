"""Occupancy: which servers are on in which room, and when an empty room closes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from simpy.events import ProcessGenerator

from ..scenarios.estate import NEVER
from .agenda import Agenda, Rank
from .timeline import Ints

_NEVER = int(NEVER)


class Occupancy:
    """Servers that stand, or will still come to stand, in each room.

    A room that never has a server never closes.

    Attributes:
        off_h: hour at which each server was switched off, NEVER while it is on.
        close_h: hour at which each room was handed back, NEVER while it is open.
    """

    def __init__(
        self,
        agenda: Agenda,
        room: Ints,
        on_h: Ints,
        rooms: int,
        clearing_h: int,
        hosted: NDArray[np.bool_] | None = None,
    ) -> None:
        """``room`` and ``on_h`` per server; servers with on_h NEVER do not exist.

        Args:
            hosted: servers whose component stays in the room, on a host, until it retires; none if None.
        """
        stays = np.zeros(len(room), dtype=np.bool_) if hosted is None else hosted
        self._agenda = agenda
        self._room = room.tolist()
        self._exists = (on_h != NEVER).tolist()
        self._left = np.bincount(room[(on_h != NEVER) | stays], minlength=rooms).tolist()
        self._hosted = stays.tolist()
        self._clearing_h = clearing_h
        self.off_h = [_NEVER] * len(room)
        self.close_h = [_NEVER] * rooms

    def switch_off(self, servers: Iterable[int]) -> None:
        """Switch servers off for good; those that are off already stay so."""
        now = int(self._agenda.now_h)
        for server in servers:
            if not self._exists[server] or self.off_h[server] != _NEVER:
                continue
            self.off_h[server] = now
            self._agenda.note("switch-off", server)
            if not self._hosted[server]:
                self._leave(server)

    def retirements(self, retires_h: Ints) -> ProcessGenerator:
        """Process: switch off each server at its hour of retirement."""
        order = np.argsort(retires_h, kind="stable")
        hours, first = np.unique(retires_h[order], return_index=True)
        groups = np.split(order, first[1:])
        for hour, servers in zip(hours.tolist(), groups, strict=True):
            if hour == _NEVER:
                return
            yield self._agenda.at(hour, Rank.RETIREMENT, 0)
            self.switch_off(servers.tolist())
            for server in servers.tolist():
                if self._hosted[server]:
                    self._leave(server)

    def _leave(self, server: int) -> None:
        """Nothing of a server is left in its room."""
        room = self._room[server]
        self._left[room] -= 1
        if self._left[room] == 0:
            self._agenda.env.process(self._close(room))

    def _close(self, room: int) -> ProcessGenerator:
        yield self._agenda.at(self._agenda.now_h + self._clearing_h, Rank.CLOSING, room)
        self.close_h[room] = int(self._agenda.now_h)
        self._agenda.note("closing", room)
