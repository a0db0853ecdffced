"""Live curves: plain data with a min/max pyramid, and the widgets that draw it."""
