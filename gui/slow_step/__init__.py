"""One step, taken apart: the page that shows it, and what asks the run for the numbers."""
