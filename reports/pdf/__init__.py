"""The report as PDF."""

from .write import pdf

__all__ = ["pdf"]
