"""The rows of the table, by subject."""

from nangonb._translate import sdk
from nangonb._translate.rows import (
    addresses,
    binary,
    containers,
    dates,
    defaults,
    fetched,
    formats,
    jsontext,
    membership,
    numbers,
    operators,
    patterns,
    text,
    timedeltas,
)

__all__ = [
    "addresses",
    "binary",
    "containers",
    "dates",
    "defaults",
    "fetched",
    "formats",
    "jsontext",
    "membership",
    "numbers",
    "operators",
    "patterns",
    "sdk",
    "text",
    "timedeltas",
]
