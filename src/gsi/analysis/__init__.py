"""The policy analysis: steps that turn tables into facts and tables of a report."""
