"""Traces of real workloads: readers for the formats that are about, streamed to regular steps."""

from .readers import READERS, REQUEST_READERS, open_requests, open_trace
from .requests import RequestTrace
from .trace import Description, Trace, TraceBlock

__all__ = [
    "READERS",
    "REQUEST_READERS",
    "Description",
    "RequestTrace",
    "Trace",
    "TraceBlock",
    "open_requests",
    "open_trace",
]
