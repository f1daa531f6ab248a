"""Forms filled in by officials: CSV or Excel sheets, one a table of the contract."""

from gsi.forms.read import read, recognise

__all__ = ["read", "recognise"]
