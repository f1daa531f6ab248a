"""Running the notebooks and the reports, one territory at a time, with a manifest."""
