"""The page of results: how good the model is, class by class and picture by picture."""

from __future__ import annotations

from gui.results.page import ResultsPage
from gui.results.results import Results

__all__ = ["Results", "ResultsPage"]
