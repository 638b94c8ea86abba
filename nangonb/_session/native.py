"""Values of a notebook's variables: those of numpy and pandas become Python's own. Imports neither."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

_FRAMES: Final = ("DataFrame", "Series", "Index", "ndarray")


def is_missing(value: Any) -> bool:
    """Whether it is pandas' NaT or NA, or numpy's NaT."""
    name = type(value).__name__
    return name in ("NaTType", "NAType") or (name in ("datetime64", "timedelta64") and str(value) == "NaT")


def native(value: Any) -> Any:
    """``value`` without numpy's scalars, and None for what is missing inside of dicts and lists.

    Whole frames and arrays stay as they are: which of their rows and columns are meant is the user's to say.
    """
    if isinstance(value, Mapping):
        return {key: _item(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_item(item) for item in value]
    if not _is_numpy(value) or is_missing(value):
        return value
    if type(value).__name__ == "datetime64":
        return native_date(value) or value
    return value.item() if getattr(value, "ndim", 1) == 0 else value


def native_date(value: Any) -> date | None:
    """A date or datetime, to the microsecond, as Python's own class; None for anything else."""
    if is_missing(value):
        return None
    if isinstance(value, datetime):  # pandas' Timestamp is one, and would go to the script as it is
        day, time = (value.year, value.month, value.day), (value.hour, value.minute, value.second)
        return datetime(*day, *time, value.microsecond, value.tzinfo, fold=value.fold)
    if _is_numpy(value) and type(value).__name__ == "datetime64":
        value = value.astype("datetime64[us]").item()  # an int beyond the years 1 to 9999
    return value if isinstance(value, date) else None


def what(value: Any) -> str:
    """``a DataFrame``, ``NaT``, ``'yesterday'``, ``5``: a value inside of a message."""
    value = native(value) if _is_numpy(value) else value
    name = type(value).__name__
    if is_missing(value):
        return "NA" if name == "NAType" else "NaT"
    if isinstance(value, str | int | float | None):
        text = repr(value)
        return text if len(text) <= 60 else f"{text[:59]}…"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def how_to_unpack(value: Any, *, whole: bool) -> str:
    """How a frame or an array becomes JSON (``whole``), or one value of it; empty for anything else."""
    bases = [base for base in type(value).__mro__ if base.__module__.partition(".")[0] in ("numpy", "pandas")]
    kind = next((base.__name__ for base in bases if base.__name__ in _FRAMES), "")
    if not kind:
        return ""
    if not whole:
        return "Take one value of it: " + ('df["updated_at"].max()' if kind == "DataFrame" else "x.max()")
    if kind == "DataFrame":
        return 'Make records of it: rows = df.to_dict("records"), and pass $rows; one: df.iloc[0].to_dict().'
    if kind == "Series":
        return "Make a list of it with x.tolist(), or a dict with x.to_dict()."
    return "Make a list of it with x.tolist()."


def _item(value: Any) -> Any:
    return None if is_missing(value) else native(value)


def _is_numpy(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "numpy"
