"""Entries of a trace: one request, one log message; as DataFrames, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from nangonb._masking import MASK
from nangonb._secret_names import kind_of
from nangonb._text import sendable

if TYPE_CHECKING:
    import pandas as pd

# Headers whose values describe the request or the response, not the sender.
_HARMLESS = frozenset(
    {
        "accept", "accept-language", "accept-ranges", "age", "allow", "cache-control", "connection",
        "consistencylevel", "content-disposition", "content-encoding", "content-language",
        "content-length", "content-range", "content-type", "date", "etag", "expires", "if-match",
        "if-modified-since", "if-none-match", "last-modified", "link", "location", "notion-version",
        "prefer", "range", "retry-after", "server", "transfer-encoding", "vary", "x-github-api-version",
        "x-http-method-override",
    }
)  # fmt: skip
# Words in headers for pages and limits, which providers name in many ways and scripts use.
_HARMLESS_WORDS = frozenset(
    {
        "count", "cursor", "limit", "next", "offset", "page", "pages", "pagination", "prev", "previous",
        "ratelimit", "remaining", "reset", "total",
    }
)  # fmt: skip
_SHORT: Final = 8
READING_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Kind = Literal["provider", "fetch", "action", "nango"]
"""Where a request goes: through the proxy to the provider; past the proxy (``uncontrolled_fetch``); to an
action that Nango runs; to Nango's own API (connections, metadata, stored records …)."""

KINDS: Final[tuple[Kind, ...]] = ("provider", "fetch", "action", "nango")


@dataclass(slots=True)
class RequestEntry:
    """One request of a script. ``kind`` is where it goes.

    ``started`` is seconds since the start of the run, ``seconds`` its duration; both come from a monotonic
    clock. ``seconds``, ``status`` and ``code`` are None while it runs, and stay None if it is interrupted.
    ``code`` is set instead of ``status`` where there is no complete response (``ECONNRESET`` …). ``received``
    is the size of the body on the wire, in bytes. ``page`` counts from 1 inside ``paginate``. ``saved`` is
    the number of records that the script saved, updated or deleted after this request and before the next.
    ``attempt`` counts from 1 and is above 1 for a retry by nangonb itself; ``retries`` is the number that
    the script asked Nango for. ``reads`` is set for a request that only reads, whatever its method.
    """

    n: int
    method: str
    endpoint: str
    started: float
    params: Mapping[str, Any] | str | None = None
    headers: Mapping[str, Any] | None = None
    retries: int = 0
    attempt: int = 1
    page: int | None = None
    status: int | None = None
    code: str | None = None
    seconds: float | None = None
    received: int = 0
    saved: int = 0
    kind: Kind = "provider"
    reads: bool = False

    @property
    def writes_provider(self) -> bool:
        """Whether it may have changed data at the provider: it is not known to only read.

        Always False for a call of Nango's own API.
        """
        return not self.reads and self.kind != "nango"

    @property
    def ok(self) -> bool:
        return self.status is not None and self.code is None and self.status < 400

    def as_dict(self) -> dict[str, Any]:
        """Return the public JSON form. Only entries of :attr:`Trace.requests` are masked."""
        return {
            "n": self.n,
            "kind": self.kind,
            "method": self.method,
            "endpoint": self.endpoint,
            "params": dict(self.params) if isinstance(self.params, Mapping) else self.params,
            "headers": None if self.headers is None else dict(self.headers),
            "status": self.status,
            "code": self.code,
            "started": round(self.started, 6),
            "seconds": None if self.seconds is None else round(self.seconds, 6),
            "bytes": self.received,
            "attempt": self.attempt,
            "retries": self.retries,
            "page": self.page,
            "records": self.saved,
            "writes_provider": self.writes_provider,
        }


@dataclass(slots=True)
class LogEntry:
    """One ``nango.log`` message. ``at`` is seconds since the start of the run.

    ``level`` is ``debug``, ``info``, ``warn`` or ``error``.
    """

    n: int
    at: float
    level: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        """Return the public JSON form."""
        return {"n": self.n, "at": round(self.at, 6), "level": self.level, "message": self.message}


def harmless_headers(headers: Mapping[str, Any] | None) -> dict[str, str | None] | None:
    """Return the headers with the values of harmless ones; all other values are None."""
    if headers is None:
        return None
    return {name: str(value) if _is_harmless(name) else None for name, value in headers.items()}


def masked_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the headers for display or for a file: harmless values, short values and numbers stay.

    All other values are masked: a key can have any name. The caller masks values under names of secrets.
    """
    harmless = harmless_headers(headers) or {}
    return {
        name: MASK
        if harmless[name] is None and len(str(value)) >= _SHORT and not str(value).isdigit()
        else value
        for name, value in headers.items()
    }


def _is_harmless(name: str) -> bool:
    small = name.lower()
    paging = not _HARMLESS_WORDS.isdisjoint(small.split("-")) and kind_of(name) == "plain"
    return small in _HARMLESS or paging


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
    """Return a row for each entry; the columns are those of :meth:`RequestEntry.as_dict`."""
    return _frame([entry.as_dict() for entry in entries], _REQUEST_COLUMNS)


def logs_frame(entries: Sequence[LogEntry]) -> pd.DataFrame:
    """Return a row for each message: n, at, level, message."""
    return _frame([entry.as_dict() for entry in entries], _LOG_COLUMNS)


def _frame(rows: list[dict[str, object]], columns: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            name: pd.Series([_sendable(row[name]) for row in rows], dtype=dtype)
            for name, dtype in columns.items()
        }
    )


def _sendable(value: Any) -> Any:
    """Escape lone surrogates in all text of ``value``, so that it can be displayed and written to a file."""
    if isinstance(value, str):
        return sendable(value)
    if isinstance(value, Mapping):
        return {_sendable(name): _sendable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_sendable(item) for item in value]
    return value
