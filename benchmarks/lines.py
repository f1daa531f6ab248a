"""``python -m benchmarks.lines [REVISION]``: lines of code of ``src/gsi``, floor by floor.

Without blanks, comments and docstrings. With a revision of git it is counted there too, and what
came since is told apart: modules that are new (a move counts as new), and what the others grew or
shrank by.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "src/gsi"
_NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip


def lines_of_code(text: str) -> int:
    """Lines of a module that hold code: no blank, no comment alone, no docstring."""
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            held.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                held.difference_update(range(first.lineno, (first.end_lineno or 0) + 1))
    return len(held)


def here() -> dict[str, int]:
    """Module → its lines of code, in the working tree."""
    return {
        path.relative_to(ROOT).as_posix(): lines_of_code(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / SOURCE).rglob("*.py"))
    }


def at(revision: str) -> dict[str, int]:
    """Like :func:`here`, at a revision of git."""
    names = _git("ls-tree", "-r", "--name-only", revision, SOURCE).splitlines()
    return {
        name: lines_of_code(_git("show", f"{revision}:{name}"))
        for name in names
        if name.endswith(".py")
    }


def _git(*order: str) -> str:
    done = subprocess.run(["git", *order], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def main(_repeat: int = 1, revision: str | None = None) -> bool:
    """Print the count; it makes no promise."""
    found = here()
    floors = Counter[str]()
    for name, lines in found.items():
        floors[name.removeprefix(f"{SOURCE}/").partition("/")[0]] += lines
    print(f"{sum(found.values()):,} lines of code in {len(found)} modules of {SOURCE}")
    for floor, lines in floors.most_common():
        print(f"  {floor}: {lines:,}")
    if revision:
        before = at(revision)
        total = sum(before.values())
        new = sum(lines for name, lines in found.items() if name not in before)
        gone = sum(lines for name, lines in before.items() if name not in found)
        both = sum(found[name] - lines for name, lines in before.items() if name in found)
        print(
            f"at {revision}: {total:,}; since then {new:,} in new modules, {-gone:,} with modules "
            f"that went, {both:+,} in the others: {sum(found.values()) / total - 1:+.1%}"
        )
    return True


if __name__ == "__main__":
    main(1, *sys.argv[1:2])
