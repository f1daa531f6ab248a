"""A baseline that stays: frozen once, read by every later run, never changed in silence."""

from gsi.freeze.record import Figure, Frozen, Origin, folder, frozen_reports, load, owners

__all__ = ["Figure", "Frozen", "Origin", "folder", "frozen_reports", "load", "owners"]
