"""The page of all runs: a table to search and sort, and what the selected ones have in common or not."""

from gui.history.history import History
from gui.history.page import HistoryPage

__all__ = ["History", "HistoryPage"]
