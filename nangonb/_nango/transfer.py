"""One exchange over HTTP, limited in time and size.

httpx limits the time between two pieces of an answer, so a server that sends one byte now and then holds it
for ever, and it takes a body of any size. Here each read and write on the socket ends at the deadline of the
exchange (:func:`until`), and a body is read piece by piece under a limit, before and after it is decompressed
(:func:`read`). Imported with the first request.
"""

from __future__ import annotations

import contextlib
import io
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, Final

import httpcore
import httpx

MOST_REDIRECTS: Final = 21  # axios' limit
ENCODINGS: Final = "gzip, deflate"
"""What an answer may be compressed with. :func:`read` takes no other."""

_PIECE: Final = 1 << 18
_GZIP_SIGN: Final = b"\x1f"
_READABLE: Final = frozenset({"gzip", "x-gzip", "deflate"})
_UNREADABLE: Final = frozenset({"br", "zstd", "compress", "x-compress"})
_MOST_ENCODINGS: Final = 4
_LARGEST_HEAD: Final = 1 << 20  # bytes, interim answers included
_CONNECTIONS: Final = 100
_IDLE_CONNECTIONS: Final = 20
_IDLE_SECONDS: Final = 5.0


class OutOfTime(httpx.TimeoutException):
    """The deadline of the exchange passed."""


class TooLarge(httpx.HTTPError):
    """A body has more than ``largest`` bytes, as it comes or decompressed. The rest is not read."""

    def __init__(self, largest: int) -> None:
        super().__init__(f"maxContentLength size of {largest} exceeded")
        self.largest = largest


class _Exchange:
    """What is going on in this thread: ``deadline`` of time.monotonic, and the bytes of the head so far."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.head: int | None = 0

    def left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime("the deadline of the request passed")
        return left

    def count(self, size: int) -> None:
        if self.head is not None:
            self.head += size
            if self.head > _LARGEST_HEAD:
                raise httpx.RemoteProtocolError("Header overflow")


_current: ContextVar[_Exchange | None] = ContextVar("exchange", default=None)


@contextlib.contextmanager
def until(deadline: float) -> Iterator[None]:
    """Exchanges inside of it end at ``deadline``, a time of time.monotonic, with OutOfTime.

    What was set before does not count: an interrupt may leave a deadline behind.
    """
    before = _current.set(_Exchange(deadline))
    try:
        yield
    finally:
        _current.reset(before)


@contextlib.contextmanager
def sent(
    http: httpx.Client, request: httpx.Request, *, redirects: int = MOST_REDIRECTS
) -> Iterator[httpx.Response]:
    """The answer, its body unread, until the block ends. Bodies of redirects are not read at all."""
    response = _head(http, request, redirects)
    try:
        yield response
    finally:
        response.close()
        # httpx ties response and stream in a cycle: without this, each page's body stays in memory
        response.stream = httpx.ByteStream(b"")


def _head(http: httpx.Client, request: httpx.Request, redirects: int) -> httpx.Response:
    exchange = _current.get()
    for _ in range(redirects + 1):
        if exchange is not None:
            exchange.head = 0
        response = http.send(request, stream=True, follow_redirects=False)
        if exchange is not None:
            exchange.head = None
        if response.next_request is None:
            return response
        response.close()
        request = response.next_request
    raise httpx.TooManyRedirects("Exceeded maximum allowed redirects.", request=request)


def is_passing(error: Exception) -> bool:
    """Whether another attempt may end otherwise."""
    return isinstance(error, httpx.TransportError) and not isinstance(error, OutOfTime)


def read(response: httpx.Response, largest: int) -> bytes:
    """The whole body, decompressed.

    Raises TooLarge beyond ``largest`` bytes, httpx.DecodingError where it is not what ``Content-Encoding``
    says or ends too early, OutOfTime, and what httpx raises where the connection breaks off.
    """
    exchange = _current.get()
    stages = _stages(response.headers.get("content-encoding", ""))
    body = io.BytesIO()  # getvalue() of it is no copy
    size = came = 0
    # a transport without a network has read it already
    pieces = response.stream if response.is_stream_consumed else response.iter_raw()
    assert isinstance(pieces, Iterable)
    for piece in pieces:
        came += len(piece)
        if came > largest:
            raise TooLarge(largest)
        for part in _through(stages, piece):
            if exchange is not None:
                exchange.left()
            size += len(part)
            if size > largest:
                raise TooLarge(largest)
            body.write(part)
    if came and any(not stage.at_end for stage in stages):
        raise httpx.DecodingError("unexpected end of file")
    return body.getvalue()


class _Inflate:
    """gzip, zlib or raw deflate, in pieces of limited size, whatever the ratio."""

    def __init__(self, encoding: str) -> None:
        self._is_gzip = encoding != "deflate"
        self._stream: Any = None

    @property
    def at_end(self) -> bool:
        return self._stream is not None and self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = b""
        while data or len(piece) == _PIECE:
            if self._stream is None or (self._stream.eof and self._is_gzip and data[:1] == _GZIP_SIGN):
                self._stream = zlib.decompressobj(self._bits(data))
            elif self._stream.eof:
                return  # what follows is no part of it, and is ignored, as by Node.js
            try:
                piece = self._stream.decompress(data, _PIECE)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from error
            data = self._stream.unconsumed_tail or self._stream.unused_data
            yield piece

    def _bits(self, data: bytes) -> int:
        if self._is_gzip:
            return 16 + zlib.MAX_WBITS
        return zlib.MAX_WBITS if data[0] & 15 == zlib.DEFLATED else -zlib.MAX_WBITS  # as Node.js tells them


def _stages(encoding: str) -> list[_Inflate]:
    names = [name.strip().lower() for name in encoding.split(",")]
    for name in names:
        if name in _UNREADABLE:
            raise httpx.DecodingError(f"Content-Encoding: {name}, where {ENCODINGS} were asked for")
    known = [name for name in names if name in _READABLE]
    if len(known) > _MOST_ENCODINGS:
        raise httpx.DecodingError(f"The body is compressed {len(known)} times")
    return [_Inflate(name) for name in reversed(known)]


def _through(stages: Sequence[_Inflate], data: bytes) -> Iterator[bytes]:
    """What all stages make of ``data``. An empty piece is work done, too."""
    if not stages:
        yield data
        return
    for piece in stages[0].feed(data):
        if piece:
            yield from _through(stages[1:], piece)
        else:
            yield piece


class DeadlineTransport(httpx.BaseTransport):
    """The connections of a client, whose reads and writes end at the deadline of :func:`until`.

    ``trust_env``: proxies of the environment are used.
    """

    def __init__(self, verify: ssl.SSLContext, *, trust_env: bool) -> None:
        self._verify = verify
        self._trust_env = trust_env
        self._pools: dict[str | None, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        sent = httpcore.Request(
            request.method,
            target,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx():
            answer = self._pool(url).handle_request(sent)
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        proxy = _proxy(url) if self._trust_env else None
        pool = self._pools.get(proxy)
        if pool is None:
            pool = self._pools[proxy] = httpcore.ConnectionPool(
                ssl_context=self._verify,
                proxy=None if proxy is None else _core_proxy(httpx.Proxy(proxy)),
                max_connections=_CONNECTIONS,
                max_keepalive_connections=_IDLE_CONNECTIONS,
                keepalive_expiry=_IDLE_SECONDS,
                network_backend=_Network(),
            )
        return pool


def _proxy(url: httpx.URL) -> str | None:
    """The proxy that the environment names for an address, as for :mod:`urllib`."""
    from urllib.request import getproxies, proxy_bypass  # 2 MB, for nothing where Nango is on this machine

    named = getproxies()
    address = named.get(url.scheme) or named.get("all")
    if not address or proxy_bypass(url.netloc.decode("ascii")):
        return None
    return address if "://" in address else f"http://{address}"


def _core_proxy(proxy: httpx.Proxy) -> httpcore.Proxy:
    url = proxy.url
    return httpcore.Proxy(
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        auth=proxy.raw_auth,
        headers=proxy.headers.raw,
        ssl_context=proxy.ssl_context,
    )


class _Network(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        with _timed(timeout) as seconds:
            return _Stream(self._real.connect_tcp(host, port, seconds, local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, real: httpcore.NetworkStream) -> None:
        self._real = real

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _timed(timeout) as seconds:
            piece = self._real.read(max_bytes, seconds)
        if (exchange := _current.get()) is not None:
            exchange.count(len(piece))
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        view = memoryview(buffer)
        for start in range(0, len(view), _PIECE):
            with _timed(timeout) as seconds:
                self._real.write(bytes(view[start : start + _PIECE]), seconds)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with _timed(timeout) as seconds:
            return _Stream(self._real.start_tls(ssl_context, server_hostname, seconds))

    def close(self) -> None:
        self._real.close()

    def get_extra_info(self, info: str) -> Any:
        return self._real.get_extra_info(info)


@contextlib.contextmanager
def _timed(timeout: float | None) -> Iterator[float | None]:
    """How long an operation on the socket may take. One that the deadline cut off raises OutOfTime."""
    exchange = _current.get()
    if exchange is None:
        yield timeout
        return
    left = exchange.left()
    try:
        yield left if timeout is None else min(timeout, left)
    except httpcore.TimeoutException:
        exchange.left()
        raise


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


@contextlib.contextmanager
def _as_httpx() -> Iterator[None]:
    """Errors of httpcore as those that httpx raises; they have the same names."""
    try:
        yield
    except Exception as error:
        same = (
            getattr(httpx, type(error).__name__, None)
            if type(error).__module__.startswith("httpcore")
            else None
        )
        if same is None:
            raise
        raise same(str(error)) from error
