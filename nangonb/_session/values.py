"""Values of options as people write them: dates, and JSON that stands there or in a file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from nangonb._masking import Masker
from nangonb._session.native import how_to_unpack, is_missing, native, native_date, what
from nangonb.errors import UsageError

_SHORT = {"--input": "-i", "--metadata": "-m", "--checkpoint": "-c"}


def parse_date(value: Any, option: str = "-l") -> datetime | None:
    """An aware datetime in UTC. Text is ISO 8601; without an offset it means UTC.

    Taken are text, dates and datetimes, those of pandas and numpy too; None and ``""`` for none.

    Raises:
        UsageError: it is no date.
    """
    if value is None or (isinstance(value, str) and not value):
        return None
    hint = f"Write 2026-01-31 or 2026-01-31T08:00:00Z: {option} 2026-01-31"
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise UsageError(f"{value!r} is not a date.", hint=hint) from None
    else:
        day = native_date(value)
        if day is None:
            if is_missing(value):
                hint = f"Omit {option} if there is no date."
            elif isinstance(value, int):
                hint = f"Seconds since 1970 become one with datetime.fromtimestamp({value}, timezone.utc)."
            raise UsageError(
                f"{option} is a date, not {what(value)}.", hint=how_to_unpack(value, whole=False) or hint
            )
        moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{str(value)!r} is not a date in UTC: its year is not in 1 to 9999.") from None


def parse_json(value: Any, option: str) -> Any:
    """A value given as JSON text or as ``@file.json``; anything but text is taken as JSON would hold it.

    Raises:
        UsageError: it is not JSON, or the file cannot be read.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        return _as_json(value, option)
    from nangonb._records import decode

    text, where = value, Masker().text(f"{option} {value}")[:99]
    if value.startswith("@"):
        path = Path(value[1:]).expanduser()
        where = str(path)
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise UsageError(
                f"{option}: {path} cannot be read: {why}.", hint=f"The path is relative to {Path.cwd()}."
            ) from None
    try:
        json.loads(text)  # which says where it is wrong
        return decode(text.encode("utf-8", "surrogatepass"))  # numbers are as in JavaScript
    except json.JSONDecodeError as error:
        hint = f"As in a shell: {_SHORT.get(option, option)} '{{\"id\": 1}}'"
        if text[:1].isalpha() and not value.startswith("@"):
            hint += f"\nText is JSON in double quotes: '\"{text.split()[0][:20]}\"'; json.dumps(x) makes it."
        line = text.split("\n")[error.lineno - 1]
        masked = Masker().text(line)  # it may be a line of a file, and this stays in the notebook
        if line and len(line) < 200:
            caret = f"{' ' * (error.colno - 1)}^\n" if masked == line else ""
            hint = f"{masked}\n{caret}{hint}"
        at = f"line {error.lineno}, column {error.colno} of {where}"
        raise UsageError(f"{option} is not JSON: {error.msg} at {at}.", hint=hint) from None
    except ValueError as error:  # NaN, Infinity
        raise UsageError(f"{option} is not JSON: {error} (in {where}).", hint="Write null.") from None
    except RecursionError:
        raise UsageError(f"{option} is nested too deeply: {where}.") from None


def _as_json(value: Any, option: str) -> Any:
    """A value of Python as it looks after a way through JSON. Raises UsageError."""
    from nangonb._records import decode, to_js_json

    if hint := how_to_unpack(value, whole=True):
        raise UsageError(f"{option} is JSON, not {what(value)}.", hint=hint)
    try:
        return decode(to_js_json(native(value)))
    except TypeError as error:
        raise UsageError(f"{option} is what JSON cannot hold: {error}.") from None
    except RecursionError:
        raise UsageError(f"{option} is what JSON cannot hold: it contains itself.") from None


def parse_metadata(value: Any) -> Mapping[str, Any] | None:
    """Raises :class:`UsageError` unless it is a JSON object."""
    metadata = parse_json(value, "--metadata")
    if metadata is not None and not isinstance(metadata, Mapping):
        raise UsageError(
            f"--metadata is a JSON object, not {_json_kind(metadata)}.", hint='-m \'{"region": "EMEA"}\''
        )
    return metadata


def parse_checkpoint(value: Any) -> Mapping[str, Any] | None:
    """Raises :class:`UsageError` unless it is a flat JSON object of text, numbers and booleans."""
    from nangonb._sdk.checking import checked_checkpoint
    from nangonb.errors import SDKError

    checkpoint = parse_json(value, "--checkpoint")
    try:
        return None if checkpoint is None else checked_checkpoint(checkpoint)
    except SDKError as error:
        raise UsageError(f"--checkpoint: {error.message}", hint="-c '{\"page\": 2}'") from None


def positive(value: Any, option: str) -> Any:
    """A number above 0, or None. Raises :class:`UsageError`."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < math.inf:
        raise UsageError(f"{option} is a number above 0, not {what(value)}.", hint=f"{option} 10")
    return int(value) if isinstance(value, Integral) else float(value)


def count(value: Any, option: str) -> int | None:
    """A whole number above 0, or None. Raises :class:`UsageError`."""
    number = positive(value, option)
    if number is not None and int(number) != number:
        raise UsageError(f"{option} is a whole number, not {number!r}.", hint=f"{option} 10")
    return None if number is None else int(number)


def _json_kind(value: Any) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list"}
    return kinds.get(type(value), "null")


def parse_variant(value: Any) -> str:
    """The name of a sync variant. Raises :class:`UsageError`."""
    if not isinstance(value, str) or not value.strip():
        raise UsageError(
            f"--variant is the name of a sync variant, not {what(value)}.", hint="--variant emea"
        )
    return value
