"""A Nango over https: whose certificate counts, and when the trusted ones are read."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from nangonb._masking import Masker, Secret
from nangonb._nango import Client, Transport
from nangonb.errors import NetworkError
from tests.nango.raw_server import answer, serve

#: A certificate for loopback addresses that signed itself, and its key. Nobody else trusts it.
CERTIFICATE = Path(__file__).with_name("loopback.pem")
BODY = b'{"data": [{"unique_key": "acme"}]}'


def client(url: str) -> Client:
    return Client(Transport(url, Secret("nango-secret-key-1234"), masker=Masker()))


@pytest.fixture
def https() -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with serve(lambda connection, _: connection.sendall(answer("200 OK", BODY)), context) as url:
        yield url


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One entry for each time that the trusted certificates were read."""
    seen: list[Any] = []
    real = httpx.create_ssl_context

    def create(**options: Any) -> ssl.SSLContext:
        seen.append(options)
        return real(**options)

    monkeypatch.setattr(httpx, "create_ssl_context", create)
    return seen


def test_a_certificate_that_nobody_signed_is_refused(https: str) -> None:
    with pytest.raises(NetworkError, match="certificate"):
        client(https).integrations.list()


def test_a_certificate_of_ssl_cert_file_is_trusted_and_read_once(
    https: str, read: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    # another name of this machine, for which the environment counts
    nango = client(https.replace("127.0.0.1", "0.0.0.0"))
    assert [nango.integrations.list() for _ in range(2)] == [[{"unique_key": "acme"}]] * 2
    nango.close()
    assert len(read) == 1


def test_the_certificate_counts_after_a_redirect_too(https: str, read: list[Any]) -> None:
    moved = answer("302 Found", b"", f"Location: {https}/integrations")
    with (
        serve(lambda connection, _: connection.sendall(moved)) as url,
        pytest.raises(NetworkError, match="certificate"),
    ):
        client(url).integrations.list()
    assert len(read) == 1


def test_http_reads_no_certificates(read: list[Any]) -> None:
    with serve(lambda connection, _: connection.sendall(answer("200 OK", BODY))) as url:
        assert client(url).integrations.list() == [{"unique_key": "acme"}]
    assert read == []
