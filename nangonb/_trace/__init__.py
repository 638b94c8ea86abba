"""The trace of a run: its requests and logs, with times and without secrets."""

from nangonb._trace.entries import (
    KINDS,
    READING_METHODS,
    Kind,
    LogEntry,
    RequestEntry,
    harmless_headers,
    masked_headers,
)
from nangonb._trace.trace import MAX_LOG_BYTES, MAX_LOGS, PARTS, Part, Trace

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
    "harmless_headers",
    "masked_headers",
]
