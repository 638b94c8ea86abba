"""What a run received, kept so that it can be saved for a replay.

Each response is kept as it came, in memory while they are few and in a temporary file after that; without
``--save-responses`` up to a limit, so that a run of any size can be looked at again.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nangonb._dryrun.identity import Identity, as_sent, data_identity, whole_data
from nangonb._records import to_js_json
from nangonb.errors import ApiError, NestedTooDeeply, UsageError

if TYPE_CHECKING:
    from nangonb._nango import ProxyRequest
    from nangonb._records.stored import Region, SpillFile
    from nangonb._sdk.fetch import FetchAnswer, FetchRequest

LIMIT: Final = 64 * 2**20
_JSON: Final = {"content-type": "application/json; charset=utf-8"}
_IN_MEMORY: Final = 2**19
_LAST: Final = 3
_LARGEST_LAST: Final = 8 * 2**20
_SENT: Final = 4 * 2**20
#: Once the body is decompressed, it says nothing true; the CLI's client drops it, too.
_DECOMPRESSED: Final = "content-encoding"


@dataclass(slots=True)
class Exchange:
    """One request and what came; ``body`` is in memory, or in the temporary file.

    ``number`` is that of the request in the trace.
    """

    number: int
    identity: Identity
    status: int
    headers: Mapping[str, str]
    body: bytes | Region
    response_type: str | None = None

    def value(self) -> Any:
        """The body as the CLI's client hands it to a script: decoded JSON, else text."""
        from nangonb._sdk.response import decoded

        content = self.content()
        if self.response_type == "arraybuffer":
            return {"type": "Buffer", "data": list(content)}
        try:
            return decoded(content, self.response_type)
        except NestedTooDeeply:
            return content.decode("utf-8", "replace")

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body.bytes()


@dataclass
class Recording:
    """``limit`` is in bytes, None for none; ``dropped`` counts the responses that were too much.

    ``last`` are the latest of those, by number: whatever a run fails at can be looked at.
    ``fetch_numbers`` are the numbers of ``fetched``. ``sent`` is the data of requests, whole, up to a limit.
    ``connection`` and ``metadata`` are what the script got when it first asked; None where it did not.
    ``input``, ``metadata_given`` and ``webhook`` are what the run was given.
    """

    limit: int | None = LIMIT
    input: Any = None
    webhook: bool = False
    metadata_given: Mapping[str, Any] | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    connection: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    pagination: Mapping[str, Any] | None = None
    fetched: list[dict[str, Any]] = field(default_factory=list)
    fetch_numbers: list[int] = field(default_factory=list)
    sent: dict[int, str] = field(default_factory=dict)
    dropped: int = 0
    last: dict[int, Exchange] = field(default_factory=dict)
    _size: int = 0
    _in_memory: int = 0
    _sent: int = 0
    _file: SpillFile | None = None

    def identity(self, request: ProxyRequest) -> Identity | None:
        """Before it is sent: the script may change what it sent afterwards."""
        try:
            return as_sent(request)
        except UsageError:  # it cannot be sent
            return None

    def keep_sent(self, number: int, request: ProxyRequest, identity: Identity | None) -> None:
        """The data of a request, before it goes out: an identity has but a hash of what is long."""
        if identity is None or identity.data is None:
            return
        text = whole_data(request, identity.data) or ""
        if self._sent + len(text) <= _SENT:
            self._sent += len(text)
            self.sent[number] = text

    def keep(
        self,
        number: int,
        identity: Identity | None,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        response_type: str | None,
    ) -> None:
        """The answer to a request through the proxy."""
        if identity is not None:
            kept_headers = {name: value for name, value in headers.items() if name != _DECOMPRESSED}
            self._add(Exchange(number, identity, status, kept_headers, body, response_type))

    def _add(self, exchange: Exchange) -> None:
        assert isinstance(exchange.body, bytes)
        size = len(exchange.body)
        if self.limit is not None and self._size + size > self.limit:
            self.dropped += 1
            if size <= _LARGEST_LAST:
                self.last[exchange.number] = exchange
            if len(self.last) > _LAST:
                del self.last[min(self.last)]
            return
        self._size += size
        exchange.body = self._stored(exchange.body)
        self.exchanges.append(exchange)

    def keep_refusal(self, number: int, identity: Identity | None, error: ApiError) -> None:
        """Nango itself refused a request through the proxy."""
        if identity is not None:
            body = getattr(error, "body", None) or {"error": {"code": error.code, "message": error.message}}
            self._add(Exchange(number, identity, error.status, dict(_JSON), to_js_json(body)))

    def keep_api(
        self,
        method: str,
        path: str,
        answer: Any,
        *,
        status: int = 200,
        params: Mapping[str, Any] | None = None,
        data: Any = None,
        number: int = 0,
    ) -> None:
        """The answer of Nango's own API, which ``path`` names with its slash."""
        identity = api_identity(method, path, params=params, data=data)
        self._add(Exchange(number, identity, status, dict(_JSON), to_js_json(answer)))

    def keep_connection(self, connection: Mapping[str, Any]) -> None:
        if self.connection is None:
            self.connection = copy.deepcopy(dict(connection))

    def keep_metadata(self, metadata: Mapping[str, Any]) -> None:
        if self.metadata is None:
            self.metadata = copy.deepcopy(dict(metadata))

    def keep_pagination(self, provider: Mapping[str, Any]) -> None:
        if self.pagination is None:
            self.pagination = dict((provider.get("proxy") or {}).get("paginate") or {})

    def find(self, number: int) -> Exchange | None:
        """What came for a request of the trace, where it was kept."""
        kept = next((one for one in reversed(self.exchanges) if one.number == number), None)
        return kept or self.last.get(number)

    def keep_fetch(self, number: int, request: FetchRequest, answer: FetchAnswer) -> None:
        """A request of ``uncontrolled_fetch``, which the CLI does not save."""
        self._size += len(answer.content)
        if self.limit is not None and self._size > self.limit:
            self.dropped += 1
            return
        try:
            body: Any = answer.content.decode()
        except UnicodeDecodeError:
            body = {"type": "Buffer", "data": list(answer.content)}
        asked = {"method": request.method, "url": request.url, "data": data_identity(request.body)}
        got = {"status": answer.status, "headers": dict(answer.headers), "response": body, "at": answer.url}
        self.fetched.append({**asked, **got})
        self.fetch_numbers.append(number)

    def _stored(self, body: bytes) -> bytes | Region:
        self._in_memory += len(body)
        if self._in_memory <= _IN_MEMORY:
            return body
        from nangonb._records.stored import SpillFile

        try:
            self._file = self._file or SpillFile()
            region = self._file.write(body)
        except OSError:  # no room: memory is what is left
            return body
        self._in_memory -= len(body)
        return region


def api_identity(
    method: str, path: str, *, params: Mapping[str, Any] | None = None, data: Any = None
) -> Identity:
    """A request to Nango's own API: the path keeps its slash, as where the CLI saves it."""
    from nangonb._nango import js_string

    pairs = sorted((name, js_string(value)) for name, value in (params or {}).items() if value is not None)
    return Identity(method.lower(), path, tuple(pairs), (), data_identity(data))
