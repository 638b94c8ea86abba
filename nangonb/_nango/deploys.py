"""Deployments of scripts, and what is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nangonb._nango import failures
from nangonb._nango.transport import Transport
from nangonb._version import __version__

_SECONDS: Final = 600.0
"""How long the server may take over a deployment; the CLI waits without end."""


class Deploys:
    """``client.deploys``. ``cli`` is the version of the CLI whose request body ``body`` follows: the server
    decides by it what it accepts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def plan(self, body: Mapping[str, Any], cli: str) -> dict[str, Any]:
        """What a deployment would do; nothing changes.

        The answer has ``newSyncs``, ``updatedSyncs``, ``deletedSyncs`` and the like of actions and on-event
        scripts, and ``deletedModels``.
        """
        path, subject = "/sync/deploy/confirmation", "the plan of the deployment"
        plan = self._post(path, body, cli, subject)
        if not isinstance(plan, dict):
            raise failures.unexpected(path, subject=subject, host=self._transport.host, expected="a plan")
        return plan

    def deploy(self, body: Mapping[str, Any], cli: str) -> list[dict[str, Any]]:
        """Deploy, for real. Gives each script: ``name``, ``version``, ``providerConfigKey``, ``type`` …"""
        path, subject = "/sync/deploy", "the deployment"
        deployed = self._post(path, body, cli, subject)
        return self._objects(deployed, path, subject, "a list of what was deployed")

    def scripts(self) -> list[dict[str, Any]]:
        """What is deployed, by integration: ``providerConfigKey``, ``syncs``, ``actions``, ``on-events``."""
        path, subject = "/scripts/config", "what is deployed"
        answer = self._transport.request("GET", path, subject=subject)
        return self._objects(answer, path, subject, "a list")

    def _post(self, path: str, body: Mapping[str, Any], cli: str, subject: str) -> Any:
        headers = {"User-Agent": f"nango-cli/{cli} (nangonb/{__version__})"}
        return self._transport.request(
            "POST", path, json=body, headers=headers, subject=subject, timeout=_SECONDS
        )

    def _objects(self, answer: Any, path: str, subject: str, expected: str) -> list[dict[str, Any]]:
        if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
            raise failures.unexpected(path, subject=subject, host=self._transport.host, expected=expected)
        return answer
