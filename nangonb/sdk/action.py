"""The ``nango`` object that an action receives.

Methods are those of Nango's runner-sdk in snake case; semantics and messages are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from nangonb.errors import SDKError, UsageError, nearest
from nangonb.nango import json_text
from nangonb.sdk.checking import checked_checkpoint, validated
from nangonb.sdk.names import no_attribute
from nangonb.sdk.requests import Requests

LogLevel = Literal["debug", "info", "warn", "error", "http", "verbose", "silly"]
LoggerLevel = Literal["debug", "info", "warn", "error", "off"]
SyncMode = Literal["incremental", "full_refresh", "full_refresh_and_clear_cache"]

_LEVELS = {"http": "info", "verbose": "debug", "silly": "debug"}
_ORDER = ("debug", "info", "warn", "error", "off")
_MODES = ("incremental", "full_refresh", "full_refresh_and_clear_cache")
_INCLUDES = ("webhook", "credentials")


class NangoAction(Requests):
    """What an action or an on-event script (and, with more methods, a sync) can do."""

    _logger_level = "debug"

    # What the run is about

    @property
    def connection_id(self) -> str:
        """The id of the connection."""
        return self._context.connection_id

    @property
    def provider_config_key(self) -> str:
        """The id of the integration."""
        return self._context.integration

    @property
    def provider(self) -> str:
        """The provider of the integration: ``salesforce``."""
        return self._context.provider

    @property
    def environment_name(self) -> str:
        """The environment that the connection is in: ``dev``."""
        return self._context.environment_name

    @property
    def script_type(self) -> Literal["sync", "action", "on-event"]:
        """What kind of script runs."""
        return self._context.script_type

    @property
    def is_cli(self) -> bool:
        """True in a dry run, False on Nango, where TypeScript finds ``isCLI`` undefined."""
        return True

    # Connection, integration, environment

    def get_connection(
        self,
        provider_config_key: str | None = None,
        connection_id: str | None = None,
        *,
        force_refresh: bool = False,
        refresh_token: bool = False,
        refresh_github_app_jwt_token: bool = False,
    ) -> dict[str, Any]:
        """The connection as Nango's API gives it: ``connection_config``, ``metadata``, ``credentials`` …

        It is fetched again after 60 seconds, when metadata was written, and with one of the options:
        ``force_refresh`` makes Nango refresh the credentials, ``refresh_token`` includes the refresh token,
        ``refresh_github_app_jwt_token`` renews a GitHub app's token.

        Raises:
            HTTPError: there is no such connection, or its credentials cannot be refreshed.
        """
        return self._runtime.connection(
            provider_config_key or self._context.integration,
            connection_id or self._context.connection_id,
            force_refresh=force_refresh,
            refresh_token=refresh_token,
            refresh_github_app_jwt_token=refresh_github_app_jwt_token,
        )

    def get_token(self) -> Any:
        """The token of this connection: OAuth 2's access token as text; for OAuth 1
        ``{"oAuthToken": …, "oAuthTokenSecret": …}``; for anything else the credentials themselves."""
        credentials = self.get_connection().get("credentials") or {}
        match credentials.get("type"):
            case "OAUTH2" | "APP":
                return credentials.get("access_token")
            case "OAUTH1":
                return {
                    "oAuthToken": credentials.get("oauth_token"),
                    "oAuthTokenSecret": credentials.get("oauth_token_secret"),
                }
        return credentials

    def get_integration(self, *, include: Sequence[Literal["webhook", "credentials"]] = ()) -> dict[str, Any]:
        """The integration: ``unique_key``, ``provider``, ``display_name`` …; with ``include``, its
        ``webhook_url`` and ``credentials``. It is fetched again after ten minutes."""
        if isinstance(include, str) or any(name not in _INCLUDES for name in include):
            raise SDKError(
                f"include is a list of {' and '.join(_INCLUDES)}, not {include!r}.", code="invalid_request"
            )
        return self._runtime.integration(tuple(include))

    def get_webhook_url(self) -> str | None:
        """Where the provider's webhooks for this integration go, or None where it has none."""
        found: str | None = self.get_integration(include=["webhook"]).get("webhook_url")
        return found

    def get_metadata(self) -> dict[str, Any]:
        """What the user's app stored with the connection; ``{}`` where there is nothing."""
        return self._runtime.metadata()

    def set_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Replace the connection's metadata. This really happens, also in a dry run."""
        self._runtime.write_metadata(_mapping(metadata), merge=False)

    def update_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Merge into the connection's metadata. This really happens, also in a dry run."""
        self._runtime.write_metadata(_mapping(metadata), merge=True)

    def set_field_mapping(self, mapping: Mapping[str, Any]) -> None:
        """Deprecated in Nango: use :meth:`set_metadata`."""
        self._runtime.log("warn", "setFieldMapping is deprecated. Please use setMetadata instead.")
        self.set_metadata(mapping)

    def get_field_mapping(self) -> dict[str, Any]:
        """Deprecated in Nango: ``fieldMapping`` of the metadata. Use :meth:`get_metadata`."""
        self._runtime.log("warn", "getFieldMapping is deprecated. Please use getMetadata instead.")
        return self.get_metadata().get("fieldMapping") or {}

    def get_environment_variables(self) -> list[dict[str, str]]:
        """The environment's variables as Nango holds them: ``[{"name": …, "value": …}]``."""
        return self._runtime.environment_variables()

    def get_flow_attributes(self) -> dict[str, Any]:
        """Attributes of the deployed sync; ``{}`` in a dry run, because nothing is deployed.

        Raises:
            SDKError: this is no sync.
        """
        if not self._context.is_sync:
            raise SDKError("There is no current sync to get attributes from", code="no_current_sync")
        return {}

    # Other scripts

    def trigger_action(
        self, provider_config_key: str, connection_id: str, action_name: str, input: Any = None
    ) -> Any:
        """Run an action on a connection, and give its output.

        An action that is declared in this project runs here, as it stands in its cell; any other is
        triggered on Nango, where what it does really happens.

        Raises:
            HTTPError: the action failed. ``data`` is what Nango's API answers:
                ``{"error": {"code": "action_script_runtime_error", "payload": …}}`` with status 500 for an
                ActionError, ``script_http_error`` with 424 where a request of it failed.
            SDKError: actions call each other without end.
        """
        key, connection = self._other(provider_config_key, connection_id)
        return self._runtime.trigger_action(key, connection, _text(action_name, "action_name"), input)

    def trigger_sync(
        self,
        provider_config_key: str,
        connection_id: str,
        sync: str | Mapping[str, str],
        sync_mode: SyncMode | None = None,
    ) -> None:
        """Trigger a sync: its name, or ``{"name": …, "variant": …}``.

        Nothing is triggered on Nango. As in ``nango dryrun``, the sync of that name in this project is dry
        run instead; its result is in ``Dryrun.triggered``.
        """
        variant = "base"
        if isinstance(sync, Mapping):
            variant, sync = str(sync.get("variant") or "base"), str(sync.get("name") or "")
        if sync_mode is not None and sync_mode not in _MODES:
            raise SDKError(
                f"sync_mode is one of {', '.join(_MODES)}, not {sync_mode!r}.", code="invalid_request"
            )
        key, connection = self._other(provider_config_key, connection_id)
        self._runtime.trigger_sync(key, connection, _text(sync, "sync"), variant, sync_mode)

    def start_sync(
        self,
        provider_config_key: str,
        syncs: Sequence[str | Mapping[str, str]],
        connection_id: str | None = None,
    ) -> None:
        """Start the schedule of syncs. Without effect in a dry run, which only says so."""
        if isinstance(syncs, (str, bytes)) or not isinstance(syncs, Sequence):
            raise SDKError(
                f"start_sync: syncs is a list of names, not {type(syncs).__name__}.", code="invalid_request"
            )
        names = [str(sync.get("name")) if isinstance(sync, Mapping) else str(sync) for sync in syncs]
        self._runtime.start_sync(_text(provider_config_key, "provider_config_key"), names, connection_id)

    # What lives longer than a run

    def get_checkpoint(self) -> dict[str, Any] | None:
        """How far the script said that it is, or None. A dry run begins with what ``--checkpoint`` gives."""
        return self._runtime.get_checkpoint()

    def save_checkpoint(self, checkpoint: Mapping[str, str | float | bool]) -> None:
        """Say how far the script is: a flat dict of text, numbers and booleans, for the next run.

        In a dry run it is kept in ``Dryrun.checkpoint``.

        Raises:
            SDKError: ``Invalid checkpoint: …``
        """
        self._runtime.save_checkpoint(checked_checkpoint(checkpoint))

    def clear_checkpoint(self) -> None:
        """Forget the checkpoint: the next run begins anew."""
        self._runtime.clear_checkpoint()

    def try_acquire_lock(self, *, key: str, ttl_ms: float) -> bool:
        """Take a lock for ``ttl_ms`` milliseconds. In a dry run always True: nobody else is there."""
        _text(key, "key")
        if type(ttl_ms) not in (int, float) or not ttl_ms > 0:
            raise SDKError(f"ttl_ms is a number of milliseconds, not {ttl_ms!r}.", code="invalid_request")
        return self._runtime.try_acquire_lock(key, ttl_ms)

    def release_lock(self, *, key: str) -> bool:
        """Give a lock back. In a dry run always True."""
        return self._runtime.release_lock(_text(key, "key"))

    def release_all_locks(self) -> None:
        """Give back all locks of this run."""
        self._runtime.release_all_locks()

    # Input, log

    def zod_validate_input(self, *, zod_schema: str | type | Mapping[str, Any], input: Any) -> dict[str, Any]:
        """Whether ``input`` is what a model says: the counterpart of Nango's ``zodValidateInput``.

        Args:
            zod_schema: a model by its name or type (``Contact``), or a JSON Schema (draft-07).
            input: any JSON.

        Returns:
            ``{"success": True, "data": …}``, the input without keys that the model does not name.

        Raises:
            ActionError: ``Invalid input provided``; each issue is in the log.
        """
        schema: Mapping[str, Any] | None
        if isinstance(zod_schema, Mapping):
            schema = zod_schema
        else:
            name = zod_schema if isinstance(zod_schema, str) else getattr(zod_schema, "__name__", "")
            schema = self._runtime.model_schema(name)
            if schema is None:
                raise SDKError(
                    f"zod_validate_input: {name or zod_schema!r} is no model. Models stand in nango.yaml, "
                    "below models:.",
                    code="unknown_model",
                )
        data = validated(schema, input, lambda message: self.log(message, level="error"))
        return {"success": True, "data": data}

    def log(self, *messages: Any, level: LogLevel = "info") -> None:
        """Write to the log of this run. Values that are not text are shown as JSON.

        A dry run shows every level; Nango's cloud keeps ``warn`` and ``error`` unless its settings say more.
        """
        if level not in ("debug", "info", "warn", "error", *_LEVELS):
            raise SDKError(
                f"There is no log level {level!r}; it is debug, info, warn or error.",
                code="invalid_log_level",
            )
        known = _LEVELS.get(level, level)
        if _ORDER.index(known) < _ORDER.index(self._logger_level):
            return
        text = " ".join(message if isinstance(message, str) else _shown(message) for message in messages)
        self._runtime.log(known, text)

    def set_logger(self, *, level: LoggerLevel) -> None:
        """Log only what is at least ``level``. ``off`` stays: later calls change nothing."""
        if level not in _ORDER:
            match = nearest(str(level), _ORDER)
            hint = f" Did you mean {match!r}?" if match else ""
            raise SDKError(
                f"There is no level {level!r} of a logger; it is {', '.join(_ORDER)}.{hint}",
                code="invalid_log_level",
            )
        if self._logger_level != "off":
            self._logger_level = level

    def _other(self, provider_config_key: Any, connection_id: Any) -> tuple[str, str]:
        return _text(provider_config_key, "provider_config_key"), _text(connection_id, "connection_id")

    if not TYPE_CHECKING:  # a type checker says itself that an attribute is not there

        def __getattr__(self, name: str) -> NoReturn:
            from nangonb.sdk.sync import NangoSync

            raise AttributeError(no_attribute(type(self), NangoSync, name), name=name, obj=self)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise SDKError(f"{name} is text, not {value!r}.", code="invalid_request")
    return value


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
