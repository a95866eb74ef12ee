"""Packing the components of a pool onto hosts: least yearly cost, with a proven lower bound."""

from .baseline import baselines, first_fit, hosts_at_least
from .portfolio import pack
from .task import Columns, PoolPacking, Task

__all__ = ["Columns", "PoolPacking", "Task", "baselines", "first_fit", "hosts_at_least", "pack"]
