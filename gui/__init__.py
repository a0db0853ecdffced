"""Widgets only: nothing here imports torch or names a plugin."""
