"""The engine that makes documents of a staged project (:mod:`gsi.report.engine.rendering`)."""
