"""Demo providers: plain callables that take a request and give a response. Nothing leaves the process."""

from __future__ import annotations

from nangonb.sandbox.providers.wire import (
    NetworkFault,
    ProviderRequest,
    ProviderResponse,
    Upstream,
    json_response,
)

__all__ = ["NetworkFault", "ProviderRequest", "ProviderResponse", "Upstream", "json_response"]
