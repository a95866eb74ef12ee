"""Who simulates, and what is left when a run stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from .language import spoken, user_language
from .printing import tell

if TYPE_CHECKING:
    from ..sim.crew import Crew
    from ..sim.store import Store

HINT = "roomfold.hint"  # in a context: how to continue what an error stopped


@contextmanager
def kept(store: Store) -> Iterator[None]:
    """Leave what is finished for a later ``--resume``, and have every error say how."""
    from ..scenarios.errors import InfeasibleError

    try:
        yield
    except InfeasibleError:  # whoever continues meets it again
        store.discard()
        raise
    except BaseException:
        meta = click.get_current_context().meta
        meta[HINT] = store.hint() or meta.get(HINT)
        raise
    finally:
        store.close()


@contextmanager
def crew_at(address: str | None) -> Iterator[Crew | None]:
    """The cluster at an address."""
    if address is None:
        yield None
        return
    from ..sim.cluster import Cluster

    with Cluster(address) as cluster:
        if cluster.unprotected:
            text = "whoever reaches this cluster can run code on it and here; tls:// keeps others out"
            tell(spoken(f"{address}: {text}", user_language()), err=True)
        yield cluster


@contextmanager
def lasting_crew(address: str | None, jobs: int | None) -> Iterator[Crew]:
    """The cluster at an address, or processes of this machine that stay for many studies."""
    if address is not None:
        with crew_at(address) as crew:
            assert crew is not None
            yield crew
        return
    from ..sim.pool import Pool, cores

    with Pool(jobs or cores()) as pool:
        yield pool
