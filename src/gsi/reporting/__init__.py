"""Filling the Quarto project in ``reports/`` for a territory."""

from gsi.reporting.attachments import attachments
from gsi.reporting.fill import documents, fill

__all__ = ["attachments", "documents", "fill"]
