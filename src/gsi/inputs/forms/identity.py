"""Keyed fingerprints: a national identity number never goes past the reading of a form.

BLAKE2b with a key (RFC 7693): without the key nobody can try every possible number and compare.
The key is the argument, else the environment variable ``GSI_HASH_KEY``, else the constant below,
which makes runs repeatable but is public: whoever reads real registers sets the variable.
"""

from __future__ import annotations

import hashlib
import os
import re

import pandas as pd

KEY_VARIABLE = "GSI_HASH_KEY"
PUBLIC_KEY = b"gsi: clave publica, solo para datos de ejemplo"
_LENGTH = 10  # bytes: 2**80 values, no collision to expect in any register

# (table, column) → what it identifies; the same person is the same fingerprint in every table.
IDENTIFIERS = {
    ("hogares", "hogar"): b"hogar",
    ("personas", "hogar"): b"hogar",
    ("personas", "persona"): b"persona",
    ("atenciones", "persona"): b"persona",
    ("casos", "caso"): b"caso",
}


def default_key() -> bytes:
    """The key of ``GSI_HASH_KEY``, else the project's public one (at most 64 bytes are used)."""
    return os.environ.get(KEY_VARIABLE, "").encode()[:64] or PUBLIC_KEY


def fingerprints(values: pd.Series, what: bytes, key: bytes) -> pd.Series:
    """Hexadecimal fingerprints of identifiers (str); missing stays missing.

    ``12.345.678``, ``12345678`` and ``012345678`` are the same number written three ways (Excel
    drops leading zeros); letters are compared without case.
    """
    known = {value: _fingerprint(value, what, key) for value in values.dropna().unique()}
    return values.map(known).astype("str")


def _fingerprint(value: str, what: bytes, key: bytes) -> str:
    plain = value.strip().casefold()
    digits = re.sub(r"[.,\s]", "", plain)
    if digits.isdigit():
        plain = digits.lstrip("0") or "0"
    return hashlib.blake2b(
        plain.encode(), digest_size=_LENGTH, key=key[:64], person=what
    ).hexdigest()
