"""A stand-in of the Nango API with demo providers behind its proxy, on loopback: to learn and to test.

``python -m nangonb.sandbox`` and ``nangonb sandbox`` run :func:`main`. Production is Nango itself, in
the cloud or self-hosted. The other names are what a provider is made of: see docs/sandbox.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from nangonb.sandbox.failures import ScriptFailed
from nangonb.sandbox.provider import (
    Call,
    DemoAction,
    DemoSync,
    Provider,
    ProviderError,
    api_key,
    end_user,
    oauth2,
    text_of,
)
from nangonb.sandbox.seeding import MOST_RECORDS, Source, list_source
from nangonb.sandbox.store.environment import Connection, Integration
from nangonb.sandbox.wire import NetworkFault, ProviderRequest, ProviderResponse, json_response

__all__ = [
    "MOST_RECORDS",
    "Call",
    "Connection",
    "DemoAction",
    "DemoSync",
    "Integration",
    "NetworkFault",
    "Provider",
    "ProviderError",
    "ProviderRequest",
    "ProviderResponse",
    "ScriptFailed",
    "Source",
    "api_key",
    "end_user",
    "json_response",
    "list_source",
    "main",
    "oauth2",
    "text_of",
]


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the sandbox until interrupted; see :func:`nangonb.sandbox.server.main`."""
    from nangonb.sandbox.server import main as serve

    return serve(argv)
