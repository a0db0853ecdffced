"""The page "Explain": where the network looked in one picture, and every number of every layer for it."""
