"""A digest hangs on what is held, and on nothing of how it came to be held."""

from __future__ import annotations

import pickle

import pandas as pd

from gsi.ground import kept


def test_texts_that_are_one_object_and_texts_that_are_alike_have_one_digest() -> None:
    one = "".join(["00", "001"])
    other = "".join(["000", "01"])
    assert one is not other
    assert kept.digest([one, one]) == kept.digest([one, other])
    assert kept.digest([one, one]) != kept.digest([one, "00002"])


def test_what_was_kept_has_the_digest_of_what_was_computed() -> None:
    columns = ["".join(["in", "greso"]), "".join(["ingre", "so"])]
    frame = pd.DataFrame([[1.0, 2.0]], columns=pd.Index(columns, dtype=object))
    frame.index = pd.Index([columns[0]], dtype=object)
    assert kept.digest(frame) == kept.digest(pickle.loads(pickle.dumps(frame)))
