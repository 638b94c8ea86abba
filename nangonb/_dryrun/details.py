"""One request of a run with all that went and came. What leaves here is without secrets."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Any

from nangonb._render import Displayable, request_html, request_text
from nangonb._trace import RequestEntry, Trace, masked_headers
from nangonb.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nangonb._dryrun.recording import Recording
    from nangonb._masking import Masker


@dataclass(frozen=True, repr=False)
class RequestDetails(Displayable):
    """``request`` is the row of the trace, ``data`` what was sent; ``response_headers``, ``body``: what came.

    JSON is decoded, other text is text, bytes are ``{"type": "Buffer", "data": […]}``. ``note`` says why a
    body is not here, else it is empty.
    """

    request: RequestEntry
    data: Any = None
    response_headers: Mapping[str, str] | None = None
    body: Any = None
    note: str = ""

    def text(self) -> str:
        return request_text(self.request, self.data, self.response_headers, self.body, self.note)

    def html(self) -> str:
        return request_html(self.request, self.data, self.response_headers, self.body, self.note)


def details(trace: Trace, recording: Recording, masker: Masker, n: int) -> RequestDetails:
    """The request ``n`` of a run, from 1; -1 is the last. Raises UsageError where there is none."""
    total = trace.traced
    number = _whole(n)
    number = total + 1 + number if number < 0 else number
    if not 1 <= number <= total:
        made = f"this run made {total:,}" if total else "this run made none"
        raise UsageError(
            f"There is no request {' '.join(str(n).split())[:40]}: {made}.",
            hint="The column n of .requests counts them.",
        )
    entry = trace.request(number)
    kept = recording.find(number)
    sent = recording.sent.get(number)
    if kept is not None:
        sent = kept.identity.data if sent is None else sent
        headers, body, note = kept.headers, kept.value(), ""
    elif number in recording.fetch_numbers:
        fetched = recording.fetched[recording.fetch_numbers.index(number)]
        sent, headers, note = fetched["data"], fetched["headers"], ""
        body = _parsed(fetched["response"])
    else:
        headers, body, note = None, None, _why(entry, dropped=recording.dropped > 0)
    return RequestDetails(
        entry,
        masker.data(_parsed(sent)),
        None if headers is None else masker.data(masked_headers(headers), sent=True),
        masker.data(body),
        note,
    )


def _whole(n: Any) -> int:
    """``n``; 0, which is no request's number, for what is no whole number."""
    try:
        return 0 if isinstance(n, bool) else index(n)
    except TypeError:
        return 0


def _why(entry: RequestEntry, *, dropped: bool) -> str:
    if entry.status is None:
        return "There is no complete answer."
    if entry.kind == "nango":
        return "Not kept: it may contain credentials."
    if dropped:
        return "Not kept: the run received too much. --save-responses keeps all bodies."
    return "Not kept."


def _parsed(text: Any) -> Any:
    """Decoded where it is the text of JSON."""
    from nangonb._records import decode

    if not isinstance(text, str):
        return text
    try:
        return decode(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return text
