"""Entries as DataFrames. Imported when a frame is asked for, because pandas is slow to import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from nangonb.text import sendable
from nangonb.trace.entries import LogEntry, RequestEntry

_REQUEST_COLUMNS = {
    "n": "Int64",
    "kind": "string",
    "method": "string",
    "endpoint": "string",
    "params": "object",
    "headers": "object",
    "status": "Int64",
    "code": "string",
    "started": "Float64",
    "seconds": "Float64",
    "bytes": "Int64",
    "attempt": "Int64",
    "retries": "Int64",
    "page": "Int64",
    "records": "Int64",
    "writes_provider": "boolean",
}
_LOG_COLUMNS = {"n": "Int64", "at": "Float64", "level": "string", "message": "string"}


def requests_frame(entries: Sequence[RequestEntry]) -> pd.DataFrame:
    return _frame([entry.as_dict() for entry in entries], _REQUEST_COLUMNS)


def logs_frame(entries: Sequence[LogEntry]) -> pd.DataFrame:
    return _frame([entry.as_dict() for entry in entries], _LOG_COLUMNS)


def _frame(rows: list[dict[str, object]], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series([_sendable(row[name]) for row in rows], dtype=dtype)
            for name, dtype in columns.items()
        }
    )


def _sendable(value: Any) -> Any:
    """What is text in it can be shown and written to a file, whatever the script sent or logged."""
    if isinstance(value, str):
        return sendable(value)
    if isinstance(value, Mapping):
        return {_sendable(name): _sendable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_sendable(item) for item in value]
    return value
