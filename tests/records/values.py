"""Hypothesis strategies for JSON values, and when two of them are the same."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st


def _joined(text: str) -> str:
    """Two surrogates in a row that form a pair are one letter, in JavaScript and so here."""
    return re.sub(
        "[\ud800-\udbff][\udc00-\udfff]",
        lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"),
        text,
    )


# Everything that a string of JavaScript can hold: NUL and lone surrogates, too
texts = st.text(st.characters(exclude_categories=()), max_size=12).map(_joined)
integers = (
    st.integers(-100, 100)
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([2**53 - 1, 2**53, 2**53 + 1, 2**63, -(2**63) - 1, 2**64])
)
floats = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9).map(float)
scalars = st.none() | st.booleans() | integers | floats | texts
json_values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    """Whether JavaScript could not tell them apart (1 and 1.0), and no digit differs."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)
