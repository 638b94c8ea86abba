"""The client of Nango's HTTP API."""

from __future__ import annotations

from typing import Any

from nangonb._masking import Masker, Secret
from nangonb._nango.answers import learn_variables
from nangonb._nango.connections import Connections, Integrations
from nangonb._nango.deployed import Actions, Records, Syncs
from nangonb._nango.deploys import Deploys
from nangonb._nango.functions import Functions
from nangonb._nango.rate_limit import OnWait, unheard
from nangonb._nango.transport import Transport, segment
from nangonb._nango.types import LARGEST, SECONDS, ProxyRequest, ProxyResponse


class Client:
    """A Nango, by subject. All parts send their requests over ``transport``, which has limits and errors."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.connections = Connections(transport)
        self.integrations = Integrations(transport)
        self.records = Records(transport)
        self.syncs = Syncs(transport)
        self.actions = Actions(transport)
        self.deploys = Deploys(transport)
        self.functions = Functions(transport)

    def __repr__(self) -> str:
        return f"Client({self.host!r})"

    @property
    def host(self) -> str:
        return self.transport.host

    def watched(self, on_wait: OnWait, deadline: float | None = None) -> Client:
        """:meth:`Transport.watched`"""
        return Client(self.transport.watched(on_wait, deadline))

    def close(self) -> None:
        """Close all connections. The next request opens new ones."""
        self.transport.close()

    def proxy(self, request: ProxyRequest, *, largest: int | None = None) -> ProxyResponse:
        """:meth:`Transport.proxy`"""
        return self.transport.proxy(request, largest=largest)

    def provider(self, name: str) -> dict[str, Any]:
        """A provider's template: ``auth_mode``, ``proxy`` with ``base_url``, ``paginate``, ``retry`` …"""
        return self.transport.get_object(
            f"/providers/{segment(name)}", subject=f"provider {name!r}", inside="data"
        )

    def environment_variables(self) -> list[dict[str, str]]:
        """``[{"name": …, "value": …}]``. Values that are or look like secrets are added to the masker."""
        variables: list[dict[str, str]] = self.transport.get_list(
            "/environment-variables", subject="the environment variables"
        )
        learn_variables(self.transport.masker, variables)
        return variables


class Clients:
    """The clients of a session: one for each host and key."""

    def __init__(self, masker: Masker, on_wait: OnWait = unheard) -> None:
        self._masker = masker
        self._on_wait = on_wait
        self._clients: dict[tuple[str, Secret], Client] = {}

    def get(
        self,
        host: str,
        key: Secret,
        *,
        key_name: str = "NANGO_SECRET_KEY",
        seconds: float = SECONDS,
        largest: int = LARGEST,
    ) -> Client:
        """``seconds``: how long a request may take from now on; ``largest``: bytes of an answer."""
        client = self._clients.get((host, key))
        if client is None:
            client = Client(
                Transport(host, key, masker=self._masker, key_name=key_name, on_wait=self._on_wait)
            )
            self._clients[(host, key)] = client
        client.transport.seconds, client.transport.largest = seconds, largest
        return client

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()
