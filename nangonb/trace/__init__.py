"""What a run did: its requests and its logs, with times, and without secrets."""

from nangonb.trace.entries import (
    KINDS,
    READING_METHODS,
    Kind,
    LogEntry,
    RequestEntry,
    kept_headers,
    shown_headers,
)
from nangonb.trace.spent import PARTS, Part
from nangonb.trace.trace import MAX_LOG_BYTES, MAX_LOGS, Trace

__all__ = [
    "KINDS",
    "MAX_LOGS",
    "MAX_LOG_BYTES",
    "PARTS",
    "READING_METHODS",
    "Kind",
    "LogEntry",
    "Part",
    "RequestEntry",
    "Trace",
    "kept_headers",
    "shown_headers",
]
