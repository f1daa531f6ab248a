"""Results that many territories share, computed once and remembered under their inputs' content.

Every municipality's report compares the municipalities of its department: the same matrix, the
same thousands of draws. What is kept is the value itself, so a run with an empty memory and a run
with a full one give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from gsi.ground.files import write_bytes

T = TypeVar("T")


class Kept:
    """A memory in ``folder``, which must change with the code and its libraries; without one, plain
    calls."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def __call__(self, name: str, compute: Callable[..., T], *inputs: Any) -> T:
        """``compute(*inputs)``, which must depend on nothing else."""
        if self._folder is None:
            return compute(*inputs)
        path = self._folder / f"{name}-{digest(name, inputs)}.pickle"
        if path.is_file():
            known: T = pickle.loads(path.read_bytes())
            return known
        data = pickle.dumps(compute(*inputs), protocol=5)
        write_bytes(path, data)
        # The copy, as every later call gets it: what is computed from it then has one key too.
        copy: T = pickle.loads(data)
        return copy

    def parsed(self, name: str, read: Callable[[], T], paths: Sequence[Path], *more: Any) -> T:
        """What ``read`` makes of the files in ``paths`` (those that exist), and of ``more``,
        remembered under what they say: nine notebooks, and a country of territories, open the
        same ones."""
        contents = [(path.name, path.read_bytes()) for path in paths if path.is_file()]
        return self(name, lambda *_key: read(), contents, *more)


class _Content(pickle.Pickler):
    """Bytes that hang on the content alone. A model's own pickle holds the set of its fields, whose
    order is another in each process, and nothing would be found again by the next one. A pickle's
    memo holds which equal texts are one object, which is another thing in what was computed than in
    what was kept: it is not asked."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)
        self.fast = True

    def reducer_override(self, obj: object) -> Any:
        if isinstance(obj, BaseModel):
            return type(obj).model_validate_json, (obj.model_dump_json(),)
        return NotImplemented


def digest(*inputs: Any) -> str:
    """Of what ``inputs`` hold, the same in every process."""
    return hashlib.sha256(_content(inputs)).hexdigest()[:32]


def _content(inputs: tuple[Any, ...]) -> bytes:
    buffer = io.BytesIO()
    _Content(buffer).dump(inputs)
    return buffer.getvalue()
