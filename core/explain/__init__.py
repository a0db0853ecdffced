"""Explains one answer: where a network looked, what each layer answered, and which sum made a number.

``methods``, ``explanation``, ``operations`` and ``arithmetic`` are plain data and NumPy; ``attribution``, ``recording``
and ``live`` load torch, and captum when they are first asked for a map.
"""
