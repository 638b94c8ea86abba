"""TLS whose certificates are read when the first connection needs them.

httpx reads them for each client: 20 ms and 3 MB, which a Nango on this machine, over http, has no use for.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from functools import cached_property
from typing import Any


class LateContext(ssl.SSLContext):
    """httpx's own context, made by the first connection that is to be encrypted.

    ``trust_env`` is httpx's: whether ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` count. Without it being made
    nothing is trusted: what this context is by itself has no certificates, and asks for one.
    """

    def __new__(cls, *, trust_env: bool) -> LateContext:
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, *, trust_env: bool) -> None:
        self._trust_env = trust_env
        self._protocols: list[str] = []

    @cached_property
    def _whole(self) -> ssl.SSLContext:
        import httpx

        return httpx.create_ssl_context(trust_env=self._trust_env)

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        self._protocols = list(alpn_protocols)

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        return self._ready().wrap_socket(*args, **options)

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        return self._ready().wrap_bio(*args, **options)

    def _ready(self) -> ssl.SSLContext:
        if self._protocols:
            self._whole.set_alpn_protocols(self._protocols)
        return self._whole
