"""The ``nango`` object that an action receives.

Methods are those of Nango's runner-sdk in snake case; semantics and messages are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from nangonb.errors import SDKError, UsageError
from nangonb.nango import json_text
from nangonb.sdk.names import no_attribute
from nangonb.sdk.requests import Requests

LogLevel = Literal["debug", "info", "warn", "error", "http", "verbose", "silly"]
_LEVELS = {"http": "info", "verbose": "debug", "silly": "debug"}


class NangoAction(Requests):
    """What an action (and, with more methods, a sync) can do."""

    # What the run is about

    @property
    def connection_id(self) -> str:
        return self._context.connection_id

    @property
    def provider_config_key(self) -> str:
        """The id of the integration."""
        return self._context.integration

    @property
    def provider(self) -> str:
        return self._context.provider

    # Connection, metadata, environment

    def get_connection(
        self,
        provider_config_key: str | None = None,
        connection_id: str | None = None,
        *,
        force_refresh: bool = False,
        refresh_token: bool = False,
    ) -> dict[str, Any]:
        """The connection as Nango's API gives it: ``connection_config``, ``metadata``, ``credentials`` …"""
        return self._runtime.connection(
            provider_config_key or self._context.integration,
            connection_id or self._context.connection_id,
            force_refresh=force_refresh,
            refresh_token=refresh_token,
        )

    def get_metadata(self) -> dict[str, Any]:
        """What the user's app stored with the connection; ``{}`` where there is nothing."""
        return self._runtime.metadata()

    def set_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Replace the connection's metadata. This really happens, also in a dry run."""
        self._runtime.write_metadata(_mapping(metadata), merge=False)

    def update_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Merge into the connection's metadata. This really happens, also in a dry run."""
        self._runtime.write_metadata(_mapping(metadata), merge=True)

    def get_environment_variables(self) -> list[dict[str, str]]:
        """The environment's variables as Nango holds them: ``[{"name": …, "value": …}]``."""
        return self._runtime.environment_variables()

    def log(self, *messages: Any, level: LogLevel = "info") -> None:
        """Write to the log of this run. Values that are not text are shown as JSON."""
        text = " ".join(message if isinstance(message, str) else _shown(message) for message in messages)
        if level not in ("debug", "info", "warn", "error", *_LEVELS):
            raise SDKError(
                f"There is no log level {level!r}; it is debug, info, warn or error.",
                code="invalid_log_level",
            )
        self._runtime.log(_LEVELS.get(level, level), text)

    if not TYPE_CHECKING:  # a type checker says itself that an attribute is not there

        def __getattr__(self, name: str) -> NoReturn:
            from nangonb.sdk.sync import NangoSync

            raise AttributeError(no_attribute(type(self), NangoSync, name), name=name, obj=self)


def _mapping(metadata: Any) -> Mapping[str, Any]:
    if not isinstance(metadata, Mapping):
        kind = type(metadata).__name__
        raise SDKError(
            f"Metadata must be a dict, not {kind}: {{'fieldMapping': {{…}}}}.", code="invalid_metadata"
        )
    return metadata


def _shown(value: Any) -> str:
    try:
        return json_text(value)
    except UsageError:  # a set, an object …
        return repr(value)
