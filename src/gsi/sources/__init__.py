"""Published files and filled-in forms → tidy tables, with provenance."""

from gsi.sources.reading import read_all, read_divipola
from gsi.sources.records import Reading, SetAside, SourceRecord

__all__ = ["Reading", "SetAside", "SourceRecord", "read_all", "read_divipola"]
