"""How a network sees the data: what its last layer is given for each of some thousand samples, as points in a plane.

``frame``, ``grouping``, ``plane`` and ``tsne`` are plain data and NumPy; ``samples``, ``penultimate`` and ``embedder``
load torch.
"""
