"""Answers that a hostile or broken provider may give: each is a handler of ``tests.nango.raw_server``."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import time
import zlib
from collections.abc import Callable, Iterator

from tests.nango.raw_server import Handler, answer, reset

MB = 2**20
_CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
DEEP = b"[" * 100_000 + b"]" * 100_000


def _endless(pieces: Iterator[bytes], head: bytes = b"", pause: float = 0.0) -> Handler:
    def handle(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        for piece in pieces:
            connection.sendall(piece)
            if pause:
                time.sleep(pause)

    return handle


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _always(data: bytes, *, close: bool = False) -> Handler:
    def handle(connection: socket.socket, request: bytes) -> None:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return handle


def _compressed(megabytes: int, wbits: int) -> bytes:
    """The beginning of so much text, compressed a thousand times. Nobody is to come to its end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    head = packer.compress(b'["') + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"x" * MB) + packer.flush(zlib.Z_FULL_FLUSH)  # which is the same each time
    return head + block * megabytes


def _bomb(encoding: str, wbits: int, status: str = "200 OK") -> Handler:
    return _always(answer(status, _compressed(2048, wbits), f"Content-Encoding: {encoding}"))


def _bomb_in_bomb() -> Handler:
    body = gzip.compress(gzip.compress(_compressed(2048, 31)))
    return _always(answer("200 OK", body, "Content-Encoding: gzip, gzip, gzip"))


def _many_values(connection: socket.socket, request: bytes) -> None:
    """30 MB of JSON that are two gigabytes of Python's values."""
    connection.sendall(answer("200 OK", b"[" + b"{}," * (10 * MB) + b"{}]"))


def _redirect_to_bomb(connection: socket.socket, request: bytes) -> None:
    """In a circle, each time with a body that is a bomb."""
    made = answer("302 Found", _compressed(2048, 31), "Content-Encoding: gzip", "Location: /proxy/x")
    connection.sendall(made)


def _circle(connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer("302 Found", b"", "Location: /proxy/x"))


def _longer(connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer("200 OK", b"[1]", length=5000))
    connection.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer("200 OK", b"[1", length=5000))
    reset(connection)


def _broken_gzip(connection: socket.socket, request: bytes) -> None:
    packed = bytearray(gzip.compress(b'{"a": 1}' * 100))
    packed[20] ^= 255
    connection.sendall(answer("200 OK", bytes(packed), "Content-Encoding: gzip"))


def _dribbled(data: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: itertools.chain((bytes([each]) for each in data), itertools.repeat(b" "))


#: name → what makes the handler
FAULTS: dict[str, Callable[[], Handler]] = {
    "endless-chunked": lambda: _endless(itertools.repeat(_chunk(b"x" * MB)), _CHUNKED + b"\r\n"),
    "endless-without-length": lambda: _endless(
        itertools.repeat(b"x" * MB), b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    ),
    "endless-tiny-chunks": lambda: _endless(itertools.repeat(_chunk(b"x") * 5000), _CHUNKED + b"\r\n"),
    "endless-500": lambda: _endless(
        itertools.repeat(_chunk(b"x" * MB)), _CHUNKED.replace(b"200 OK", b"500 Oh") + b"\r\n"
    ),
    "endless-chunk-extension": lambda: _endless(itertools.repeat(b"a"), _CHUNKED + b"\r\n5;x=", pause=0.2),
    "endless-trailers": lambda: _endless(itertools.repeat(b"X-A: b\r\n" * 1000), _CHUNKED + b"\r\n0\r\n"),
    "endless-empty-gzip": lambda: _endless(
        itertools.repeat(_chunk(gzip.compress(b"")) * 100), _CHUNKED + b"Content-Encoding: gzip\r\n\r\n"
    ),
    "gzip-bomb": lambda: _bomb("gzip", 31),
    "gzip-bomb-400": lambda: _bomb("gzip", 31, "400 Bad Request"),
    "deflate-bomb": lambda: _bomb("deflate", 15),
    "raw-deflate-bomb": lambda: _bomb("deflate", -15),
    "bomb-in-a-bomb": _bomb_in_bomb,
    "brotli": lambda: _always(answer("200 OK", b"\x0b\x02\x80[1]\x03", "Content-Encoding: br")),
    "zstd": lambda: _always(answer("200 OK", b"\x28\xb5\x2f\xfd\x04\x00", "Content-Encoding: zstd")),
    "many-values": lambda: _many_values,
    "one-byte-each-0.2-s": lambda: _endless(
        _dribbled(b"[1]")(), answer("200 OK", b"", length=10**9), pause=0.2
    ),
    "slow-headers": lambda: _endless(_dribbled(b"HTTP/1.1 200 OK\r\nX-A: ")(), pause=0.2),
    "silence": lambda: _endless(iter([b""]), pause=60),
    "endless-headers": lambda: _endless(itertools.repeat(b"X-A: b\r\n" * 1000), b"HTTP/1.1 200 OK\r\n"),
    "huge-header": lambda: _always(answer("200 OK", b"[]", f"X-A: {'b' * 50 * MB}")),
    "flood-of-100-continue": lambda: _endless(itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)),
    "slow-100-continue": lambda: _endless(itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), pause=0.2),
    "deep-json-200": lambda: _always(answer("200 OK", DEEP)),
    "deep-json-400": lambda: _always(answer("400 Bad Request", DEEP)),
    "truncated-json": lambda: _always(answer("200 OK", b'[{"id": "1"}, {"id"')),
    "broken-gzip": lambda: _broken_gzip,
    "truncated-gzip": lambda: _always(
        answer("200 OK", gzip.compress(b'["a"]' * 1000)[:-12], "Content-Encoding: gzip")
    ),
    "redirect-loop": lambda: _circle,
    "redirect-loop-of-bombs": lambda: _redirect_to_bomb,
    "length-too-large": lambda: _longer,
    "length-too-small": lambda: _always(answer("200 OK", b"[1, 2, 3]", length=3)),
    "two-lengths": lambda: _always(answer("200 OK", b"[]", "Content-Length: 7")),
    "length-of-no-number": lambda: _always(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n[]"),
    "reset": lambda: _reset,
    "no-http": lambda: _always(b"SSH-2.0-OpenSSH_9.6\r\n", close=True),
}


def beside(paths: dict[bytes, bytes], fault: Handler) -> Handler:
    """``paths`` are answered with JSON, by the beginning of the request; what else comes meets the fault."""

    def handle(connection: socket.socket, request: bytes) -> None:
        for start, body in paths.items():
            if request.startswith(start):
                connection.sendall(answer("200 OK", body))
                return
        with contextlib.suppress(OSError):
            fault(connection, request)

    return handle
