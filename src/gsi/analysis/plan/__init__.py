"""Baseline, change, action plan and monitoring: the products P1 and P2."""
