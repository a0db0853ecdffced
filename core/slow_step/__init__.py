"""One training step taken apart: what each layer gave, the loss, the gradients as they arrive, and the new weights.

``records`` and ``formulas`` are plain data and NumPy, which a window can import; ``slow_step``, ``forward``,
``backward``, ``weights`` and ``autograd_graph`` load torch and run on the training thread.
"""
