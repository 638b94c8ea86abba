"""Entries as DataFrames. Imported when a frame is asked for, because pandas is slow to import."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

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
        {name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in columns.items()}
    )
