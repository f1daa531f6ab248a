"""GSI Workbook: reproducible policy analysis for Colombia's Gestión Social Integral."""

__version__ = "0.1.0"
