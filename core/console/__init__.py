"""Cells of Python code on a thread of their own, with the objects of the run in their namespace. No Qt."""
