"""uvicorn's HTTP protocol, which also hands the application the connection's transport.

A demo provider can reset the connection, and ASGI has no word for that.
"""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["TransportProtocol"]


class TransportProtocol(H11Protocol):
    """Puts the transport into ``scope["extensions"]["nangonb.transport"]``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport for the requests of this connection."""
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})["nangonb.transport"] = transport
            await app(scope, receive, send)

        self.app = with_transport
