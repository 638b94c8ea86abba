"""A stand-in of the Nango API with demo providers behind its proxy, on loopback: to learn and to test.

``python -m nangonb.sandbox`` and ``nangonb sandbox`` serve it (``server``). Production is Nango itself, in
the cloud or self-hosted. The names here are what a provider is made of: see docs/sandbox.md.

Where to look:

- ``api``: the HTTP API, a module for each part; ``proxy``: requests to providers
- ``store``: what it remembers (``environment``, ``scripts``, ``scheduler``, ``records``, ``state_file``)
- ``runs``: deployed scripts and dry runs; ``deploys``: how scripts come in
- ``provider``: what a provider is; ``providers``: those of the demo; ``loading`` finds them, ``planting``
  puts what they declare into the sandbox; ``seeding`` makes their records
- ``assembly``: the whole of it
"""

from __future__ import annotations

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
    "oauth2",
    "text_of",
]
