"""Freezing a baseline (:mod:`gsi.analysis.frozen`): what is kept of a run, and what was revised
since.
"""
