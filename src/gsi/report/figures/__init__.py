"""Figures drawn from a section's results; their sentences live in the notebooks."""
