"""Filling the Quarto project in ``reports/`` for a territory, and rendering it."""
