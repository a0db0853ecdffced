"""Measurements of Trainyard, each against a named rival in the same run; ``make bench`` runs them all."""
