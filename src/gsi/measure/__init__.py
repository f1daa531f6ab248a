"""Pure statistics on DataFrames and arrays: no file, no territory, no Spanish sentence."""
