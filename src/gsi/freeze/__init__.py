"""Freezing a baseline (:mod:`gsi.frozen`): what is kept of a run, and what was revised since."""
