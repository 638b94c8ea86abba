"""Requests of ours are not in the logs of the HTTP library: those have addresses and headers with secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_LOGGERS: Final = (
    "httpx",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
)
_ours: ContextVar[bool] = ContextVar("ours", default=False)


class _NotOurs(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not _ours.get()


_FILTER: Final = _NotOurs()


@contextmanager
def unlogged() -> Iterator[None]:
    """What httpx and httpcore log inside of it is dropped; other users of them keep their logs."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)  # adding it again changes nothing
    before = _ours.get()
    try:  # from here on, so that an interrupt in between leaves nothing behind
        _ours.set(True)
        yield
    finally:
        _ours.set(before)
