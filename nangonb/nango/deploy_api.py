"""Deploying scripts, as a part of the client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from nangonb._version import __version__
from nangonb.nango import failures
from nangonb.nango.answers import decoded

_SECONDS: Final = 600.0
"""How long the server may take over a deployment; the CLI waits without end."""


class DeployApi:
    """The calls of :class:`nangonb.nango.Client` that deploy."""

    host: str

    def request(
        self,
        method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        asked: str = "",
        timeout: float = 60.0,
        decode: Callable[[bytes], Any] = decoded,
    ) -> Any:
        raise NotImplementedError

    def deploy_confirmation(self, body: Mapping[str, Any], cli: str) -> dict[str, Any]:
        """What a deployment would do; nothing is changed. ``cli`` is the version of the CLI that the body is
        like: the server decides by it what it takes.

        The answer has ``newSyncs``, ``updatedSyncs``, ``deletedSyncs`` and the like of actions and on-event
        scripts, and ``deletedModels``.
        """
        asked = "the plan of the deployment"
        found = self._deploy("/sync/deploy/confirmation", body, cli, asked)
        if not isinstance(found, dict):
            raise failures.unexpected(
                "/sync/deploy/confirmation", asked=asked, host=self.host, wanted="a plan"
            )
        return found

    def deploy(self, body: Mapping[str, Any], cli: str) -> list[dict[str, Any]]:
        """Deploy, for real. Gives each script: ``name``, ``version``, ``providerConfigKey``, ``type`` …"""
        asked = "the deployment"
        found = self._deploy("/sync/deploy", body, cli, asked)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise failures.unexpected(
                "/sync/deploy", asked=asked, host=self.host, wanted="a list of what was deployed"
            )
        return found

    def scripts_config(self) -> list[dict[str, Any]]:
        """What is deployed, by integration: ``providerConfigKey``, ``syncs``, ``actions``, ``on-events``."""
        asked = "what is deployed"
        found = self.request("GET", "/scripts/config", asked=asked)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise failures.unexpected("/scripts/config", asked=asked, host=self.host, wanted="a list")
        return found

    def _deploy(self, path: str, body: Mapping[str, Any], cli: str, asked: str) -> Any:
        headers = {"User-Agent": f"nango-cli/{cli} (nangonb/{__version__})"}
        return self.request("POST", path, json=body, headers=headers, asked=asked, timeout=_SECONDS)
