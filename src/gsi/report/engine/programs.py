"""Which engine renders, told before a run starts and kept in its manifest."""

from __future__ import annotations

from importlib.metadata import version

from gsi.report.engine import quarto


def check_engine(engine: str) -> None:
    """Raise :class:`gsi.ground.errors.UserMistake` when Quarto is asked for and is not installed,
    or would be used and does not work.
    """
    if engine == "quarto":
        quarto.require()
    found = None if engine == "embedded" else quarto.program()
    if found:
        quarto.version(found)


def engine_versions(engine: str) -> dict[str, str]:
    """Name → version of the programs that render under ``engine``."""
    program = None if engine == "embedded" else quarto.program()
    if program:
        return {"quarto": quarto.version(program)}
    import pypandoc

    return {"pandoc": pypandoc.get_pandoc_version(), "typst": version("typst")}
