"""Forms filled in by officials: CSV or Excel sheets, one a table of the contract."""

from gsi.inputs.forms.layout import Place
from gsi.inputs.forms.read import read, read_sheets, recognise
from gsi.inputs.forms.write import write_form

__all__ = ["Place", "read", "read_sheets", "recognise", "write_form"]
