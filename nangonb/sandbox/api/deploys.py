"""``/sync/deploy/confirmation`` and ``/sync/deploy``: add, change and delete scripts."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query, read_body
from nangonb.sandbox.api.requests import sandbox_of
from nangonb.sandbox.deploys.body import DeployBody, check_version, read_deploy
from nangonb.sandbox.deploys.deploys import Deploys, scan

__all__ = ["ROUTES"]


async def confirm_deploy(request: Request) -> Response:
    """Return the changes that a deploy would make, without making them."""
    deploys, body = await _asked(request, confirmation=True)
    return answer(deploys.confirmation(body))


async def deploy(request: Request) -> Response:
    """Deploy, and return the deployed scripts. A concurrent deploy is rejected."""
    deploys, body = await _asked(request, confirmation=False)
    if deploys.busy:
        message = "A deployment is already in progress. Please wait for the current deployment to finish."
        raise Refusal(409, "concurrent_deployment", message, payload={})
    deploys.busy = True
    try:
        await asyncio.to_thread(scan, body)
        return answer(deploys.deploy(body))
    finally:
        deploys.busy = False


async def _asked(request: Request, *, confirmation: bool) -> tuple[Deploys, DeployBody]:
    check_version(request.headers.get("user-agent", ""))
    check_query(request, ())
    body = read_deploy(await read_body(request), confirmation=confirmation)
    deploys = sandbox_of(request).deploys
    deploys.check(body)
    return deploys, body


ROUTES = (
    Route("/sync/deploy/confirmation", confirm_deploy, methods=["POST"]),
    Route("/sync/deploy", deploy, methods=["POST"]),
)
