"""Parameters of the forms: which workbook holds which tables, and what is asked for first."""

from __future__ import annotations

from pydantic import Field, model_validator

from gsi.contract.params.base import Strict


class BookSettings(Strict):
    """A workbook: its file name without extension, its title, who fills it in, its tables."""

    file: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    team: str = Field(min_length=1)
    tables: tuple[str, ...] = Field(min_length=1)


class FormsSettings(Strict):
    """Rows of the forms, order in which missing tables are asked for, workbooks."""

    rows: int = Field(ge=10, le=100_000)
    prefilled: int = Field(ge=0)
    order: tuple[str, ...] = Field(min_length=1)
    books: tuple[BookSettings, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> FormsSettings:
        held = [table for book in self.books for table in book.tables]
        if len(set(held)) != len(held) or len({book.file for book in self.books}) < len(self.books):
            raise ValueError("cada libro tiene su nombre y cada tabla está en un solo libro")
        if sorted(self.order) != sorted(held):
            raise ValueError("order debe nombrar una vez cada tabla de los libros")
        if self.prefilled > self.rows:
            raise ValueError("prefilled no puede ser mayor que rows")
        return self

    def book_of(self, table: str) -> BookSettings:
        """The workbook that holds a table."""
        return next(book for book in self.books if table in book.tables)
