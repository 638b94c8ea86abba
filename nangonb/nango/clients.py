"""The clients of a session."""

from __future__ import annotations

from nangonb.masking import Masker, Secret
from nangonb.nango.client import Client
from nangonb.nango.rate_limit import OnWait, unheard
from nangonb.nango.types import LARGEST, SECONDS


class Clients:
    """The clients of a session: one for a host and key, made when first asked for, and kept."""

    def __init__(self, masker: Masker, on_wait: OnWait = unheard) -> None:
        self._masker = masker
        self._on_wait = on_wait
        self._kept: dict[tuple[str, Secret], Client] = {}

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
        client = self._kept.get((host, key))
        if client is None:
            client = Client(host, key, masker=self._masker, key_name=key_name, on_wait=self._on_wait)
            self._kept[(host, key)] = client
        client.seconds, client.largest = seconds, largest
        return client

    def close(self) -> None:
        for client in self._kept.values():
            client.close()
        self._kept.clear()
