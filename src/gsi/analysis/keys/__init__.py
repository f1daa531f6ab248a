"""The five keys of the strategy and its governance: tables in, sections out."""
