"""``python -m docs.pages``: write the pages that are made from the contract and the catalogue."""

from docs.pages import dictionary, indicators, sources
from gsi.ground.files import write_text
from gsi.ground.project import Project


def main() -> None:
    """Write the pages of this checkout."""
    project = Project.find()
    write_text(project.root / "docs" / "diccionario.md", dictionary.markdown())
    write_text(project.root / "docs" / "indicadores.md", indicators.of(project))
    write_text(project.root / "docs" / "descargas.md", sources.of(project))


if __name__ == "__main__":
    main()
