"""One request and one log line, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from nangonb.masking import MASK
from nangonb.secret_names import kind_of

# Headers whose values say something about the request or the answer, and nothing about who sends it.
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
# Those of pages and limits, which providers name in many ways; scripts go by them.
_HARMLESS_WORDS = frozenset(
    {
        "count", "cursor", "limit", "next", "offset", "page", "pages", "pagination", "prev", "previous",
        "ratelimit", "remaining", "reset", "total",
    }
)  # fmt: skip
_SHORT: Final = 8
READING_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Kind = Literal["provider", "fetch", "action", "nango"]
"""Through the proxy to the provider; past it (``uncontrolled_fetch``); an action that Nango runs; a call of
Nango's own API (connections, metadata, stored records …)."""

KINDS: Final[tuple[Kind, ...]] = ("provider", "fetch", "action", "nango")


@dataclass(slots=True)
class RequestEntry:
    """One request of a script. ``kind`` says where it went.

    ``started`` is seconds since the start of the run, ``seconds`` how long it took; both come from a
    monotonic clock. ``seconds``, ``status`` and ``code`` stay None while it runs, and for good when it
    was interrupted. ``code`` is set instead of ``status`` where no complete answer came
    (``ECONNRESET`` …). ``received`` is bytes of the body as they came over the wire. ``page`` counts from 1
    inside ``paginate``. ``saved`` is the number of records that the script saved, updated or deleted
    after this request and before the next. ``attempt`` counts from 1 and is above 1 where this is a
    repetition that the kit knows of; ``retries`` is what the script asked Nango to do. ``reads`` is set for
    a request that only reads, whatever its method.
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
        """Whether it may have changed something at the provider: it is not known to read only.

        Never for a call of Nango's own API.
        """
        return not self.reads and self.kind != "nango"

    @property
    def ok(self) -> bool:
        return self.status is not None and self.code is None and self.status < 400

    def as_dict(self) -> dict[str, Any]:
        """The public JSON form. Only entries that :attr:`Trace.requests` hands out are without secrets."""
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
        """The public JSON form."""
        return {"n": self.n, "at": round(self.at, 6), "level": self.level, "message": self.message}


def shown_headers(headers: Mapping[str, Any] | None) -> dict[str, str | None] | None:
    """Header names with the values of harmless ones; None stands for a value that is not shown."""
    if headers is None:
        return None
    return {name: str(value) if _is_harmless(name) else None for name, value in headers.items()}


def kept_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Headers that are shown or saved whole: :func:`shown_headers`, and values that are short or numbers.

    What a name does not tell may well be a key. Values under names of secrets are masked by the caller.
    """
    shown = shown_headers(headers) or {}
    return {
        name: MASK
        if shown[name] is None and len(str(value)) >= _SHORT and not str(value).isdigit()
        else value
        for name, value in headers.items()
    }


def _is_harmless(name: str) -> bool:
    small = name.lower()
    paging = not _HARMLESS_WORDS.isdisjoint(small.split("-")) and kind_of(name) == "plain"
    return small in _HARMLESS or paging
