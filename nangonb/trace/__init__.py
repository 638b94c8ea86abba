"""What a run did: its requests and its logs, with times, and without secrets."""

from nangonb.trace.entries import LogEntry, RequestEntry
from nangonb.trace.trace import MAX_LOG_BYTES, MAX_LOGS, Trace

__all__ = ["MAX_LOGS", "MAX_LOG_BYTES", "LogEntry", "RequestEntry", "Trace"]
