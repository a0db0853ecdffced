"""The page of the data: every sample, found by part, class or name, and what training makes of it."""

from gui.browser.page import BrowserPage

__all__ = ["BrowserPage"]
