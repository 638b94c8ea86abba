"""``/providers``: Nango's catalog of providers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query
from nangonb.sandbox.api.requests import base_of, environment_of
from nangonb.sandbox.facts import Facts

__all__ = ["ROUTES"]


async def list_providers(request: Request) -> Response:
    """List the catalog; ``search`` filters by name."""
    search = check_query(request, ("search",)).get("search", "").lower()
    known = environment_of(request).facts.values()
    matching = [facts for facts in known if search in facts.name or search in facts.display_name.lower()]
    return answer({"data": [provider.public(base_of(request)) for provider in matching]})


async def get_provider(request: Request) -> Response:
    """Return one provider."""
    check_query(request, ())
    return answer({"data": _find(request).public(base_of(request))})


async def list_templates(request: Request) -> Response:
    """Return no templates. Unknown providers are accepted, as on Nango."""
    return answer({"data": []})


def _find(request: Request) -> Facts:
    name = request.path_params["provider"]
    provider = environment_of(request).facts.get(name)
    if provider is None:
        raise Refusal(404, "not_found", f"Unknown provider {name}")
    return provider


ROUTES = (
    Route("/providers", list_providers, methods=["GET"]),
    Route("/providers/{provider}", get_provider, methods=["GET"]),
    Route("/providers/{provider}/templates", list_templates, methods=["GET"]),
)
