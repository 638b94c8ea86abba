"""The ``nango`` object that an action receives.

Methods are those of Nango's runner-sdk in snake case; semantics and messages are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Unpack, get_args

from nangonb._nango import ProxyRequest, json_text
from nangonb._sdk.checking import checked_checkpoint, validated
from nangonb._sdk.context import Context
from nangonb._sdk.fetch import FetchResponse, fetch_request
from nangonb._sdk.methods import attribute, method
from nangonb._sdk.misnamed import no_attribute
from nangonb._sdk.options import RequestOptions
from nangonb._sdk.paginate import Tell, pages, pagination
from nangonb._sdk.requests import request
from nangonb._sdk.response import Response, raise_for_status
from nangonb._sdk.runtime import Runtime
from nangonb.errors import ActionError, SDKError, UsageError, nearest

LogLevel = Literal["debug", "info", "warn", "error", "http", "verbose", "silly"]
LoggerLevel = Literal["debug", "info", "warn", "error", "off"]
SyncMode = Literal["incremental", "full_refresh", "full_refresh_and_clear_cache"]

_LEVELS = {"http": "info", "verbose": "debug", "silly": "debug"}
_ORDER = get_args(LoggerLevel)
_MODES = get_args(SyncMode)
_INCLUDES = ("webhook", "credentials")


class NangoAction:
    """What an action or an on-event script (and, with more methods, a sync) can do.

    Every request goes through Nango's proxy, with the credentials of the connection.
    """

    ActionError = ActionError
    _logger_level = "debug"

    def __init__(self, runtime: Runtime, context: Context) -> None:
        self._runtime = runtime
        self._context = context

    # The run

    @property
    @attribute()
    def connection_id(self) -> str:
        """The id of the connection."""
        return self._context.connection_id

    @property
    @attribute()
    def provider_config_key(self) -> str:
        """The id of the integration."""
        return self._context.integration

    @property
    @attribute()
    def provider(self) -> str:
        """The provider of the integration: ``salesforce``."""
        return self._context.provider

    @property
    @attribute()
    def environment_name(self) -> str:
        """The environment of the connection: ``dev``.

        In a dry run:
            ``sandbox`` in the sandbox.
        """
        return self._context.environment_name

    @property
    @attribute(zero_yaml_only=True)
    def script_type(self) -> Literal["sync", "action", "on-event"]:
        """The kind of the script: ``sync``, ``action`` or ``on-event``."""
        return self._context.script_type

    @property
    @attribute(typescript="isCLI", zero_yaml_only=True)
    def is_cli(self) -> bool:
        """Whether this is a dry run. False on Nango; there ``isCLI`` is undefined in TypeScript.

        In a dry run:
            True.
        """
        return True

    @method("run", answered="at-start")
    def get_flow_attributes(self) -> dict[str, Any]:
        """The attributes of the deployed sync. An action has none: SDKError.

        In a dry run:
            ``{}``: nothing is deployed.

        Raises:
            SDKError: this is not a sync.
        """
        if not self._context.is_sync:
            raise SDKError("There is no current sync to get attributes from", code="no_current_sync")
        return dict(self._context.attributes)

    # Requests

    @method("requests", answered="response")
    def get(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """A GET request to the provider, with the credentials of the connection. Gives ``.data``, ``.status``
        and ``.headers``; a status that is not 2xx is an HTTPError.

        In a dry run:
            Goes through Nango's proxy.
        """
        return self._send(request(self._context, "get", endpoint, "GET", options))

    @method("requests", answered="response", owner="provider")
    def post(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """The same with POST.

        In a dry run:
            Really happens, and counts as a write unless it only reads; ``--read-only`` refuses a write.
        """
        return self._send(request(self._context, "post", endpoint, "POST", options))

    @method("requests", answered="response", owner="provider")
    def put(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """The same with PUT.

        In a dry run:
            Really happens, and counts as a write; ``--read-only`` refuses it.
        """
        return self._send(request(self._context, "put", endpoint, "PUT", options))

    @method("requests", answered="response", owner="provider")
    def patch(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """The same with PATCH.

        In a dry run:
            Really happens, and counts as a write; ``--read-only`` refuses it.
        """
        return self._send(request(self._context, "patch", endpoint, "PATCH", options))

    @method("requests", answered="response", owner="provider")
    def delete(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """The same with DELETE.

        In a dry run:
            Really happens, and counts as a write; ``--read-only`` refuses it.
        """
        return self._send(request(self._context, "delete", endpoint, "DELETE", options))

    @method("requests", answered="response", owner="provider")
    def proxy(self, endpoint: str, *, method: str = "GET", **options: Unpack[RequestOptions]) -> Response:
        """The same with any method.

        Args:
            endpoint: the provider's path, ``/services/data/v53.0/query``; it may have a query string.
            options: see :class:`RequestOptions`.

        In a dry run:
            As the method.

        Raises:
            HTTPError: the status is not 2xx, or no complete answer came.
        """
        return self._send(request(self._context, "proxy", endpoint, method, options))

    @method("requests", answered="pages", owner="provider")
    def paginate(
        self,
        endpoint: str,
        *,
        paginate: Mapping[str, Any] | None = None,
        method: str = "GET",
        **options: Unpack[RequestOptions],
    ) -> Iterator[Any]:
        """An iterator over pages: the value at ``response_path`` of each answer.

        ``paginate`` is laid over the provider's own pagination (``GET /providers/{provider}``); its
        names are Nango's: ``type`` (cursor, link, offset), ``response_path``, ``limit``,
        ``limit_name_in_request``, ``cursor_path_in_response`` …; ``on_page(next_page_param, response)``
        is called after each page. A provider that gives the same page again and again is reported as a
        Problem, and ends a dry run after 100 times. A page that ends the pagination, and may not be the last
        one because it is not JSON or has no list or no ``Link`` header, is reported as a Problem.

        In a dry run:
            As the method.

        Raises:
            SDKError: this provider has no pagination, or it lacks what its type needs.
            HTTPError: as for :meth:`proxy`.
        """
        first = request(self._context, "paginate", endpoint, method, options)
        how = pagination(first, paginate, self._runtime.connection.provider())
        return pages(
            first,
            how,
            lambda asked, page: self._send(asked, page=page),
            Tell(
                lambda message: self._runtime.log("warn", message),
                self._runtime.requests.doubt,
                self._runtime.requests.repeated,
            ),
        )

    @method("requests", answered="fetched", owner="provider", objects=(("url", "method", "headers", "body"),))
    def uncontrolled_fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, Any] | None = None,
        body: str | bytes | None = None,
    ) -> FetchResponse:
        """A request past the proxy, without credentials and retries. Gives ``.status``, ``.ok``,
        ``.headers``, ``.url``, ``.redirected``, ``.text()``, ``.json()`` and ``.array_buffer()``, whatever
        the status.

        Redirects are followed, each checked like the first address: http or https, and not in a private
        network (on this machine only where Nango itself runs on it).

        In a dry run:
            From your machine. Private networks are refused as on Nango (ActionError with ``url_not_allowed``,
            ``too_many_redirects`` after 20, ``invalid_redirect``); your own machine is allowed only where
            Nango runs on it, too (the sandbox).

        Raises:
            ActionError: the address is refused; ``payload["code"]`` is ``url_not_allowed``,
                ``too_many_redirects`` or ``invalid_redirect``.
            HTTPError: no complete answer came; ``code`` says why.
        """
        asked = fetch_request(url, method, headers, body)
        return FetchResponse(self._runtime.requests.fetch(asked), asked.url)

    def _send(self, request: ProxyRequest, *, page: int | None = None) -> Response:
        response = Response(self._runtime.requests.send(request, page=page), request.response_type)
        raise_for_status(response, request.method, request.endpoint)
        return response

    # Connection, integration, environment

    @method("connection")
    def get_connection(
        self,
        provider_config_key: str | None = None,
        connection_id: str | None = None,
        *,
        force_refresh: bool = False,
        refresh_token: bool = False,
        refresh_github_app_jwt_token: bool = False,
    ) -> dict[str, Any]:
        """The connection as Nango's API gives it, with ``credentials``, ``connection_config`` and
        ``metadata``; at most 60 seconds old. Each option fetches it again.

        It is also fetched again when metadata was written. ``force_refresh`` makes Nango refresh the
        credentials, ``refresh_token`` includes the refresh token, ``refresh_github_app_jwt_token`` renews a
        GitHub app's token.

        In a dry run:
            ``-m`` is merged into its metadata.

        Raises:
            HTTPError: there is no such connection, or its credentials cannot be refreshed.
        """
        return self._runtime.connection.get(
            provider_config_key or self._context.integration,
            connection_id or self._context.connection_id,
            force_refresh=force_refresh,
            refresh_token=refresh_token,
            refresh_github_app_jwt_token=refresh_github_app_jwt_token,
        )

    @method("connection")
    def get_token(self) -> Any:
        """The token of this connection: OAuth 2's access token as text, OAuth 1's as
        ``{"oAuthToken": …, "oAuthTokenSecret": …}``, else the credentials."""
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

    @method("connection")
    def get_integration(self, *, include: Sequence[Literal["webhook", "credentials"]] = ()) -> dict[str, Any]:
        """The integration: ``unique_key``, ``provider``, ``display_name`` …, at most ten minutes old.
        ``include`` adds its ``webhook_url`` and ``credentials``."""
        if isinstance(include, str) or any(name not in _INCLUDES for name in include):
            raise SDKError(
                f"include is a list of {' and '.join(_INCLUDES)}, not {include!r}.", code="invalid_request"
            )
        return self._runtime.connection.integration(tuple(include))

    @method("connection", typescript="getWebhookURL")
    def get_webhook_url(self) -> str | None:
        """The URL for the provider's webhooks of this integration, or None."""
        url: str | None = self.get_integration(include=["webhook"]).get("webhook_url")
        return url

    @method("connection")
    def get_metadata(self) -> dict[str, Any]:
        """What your app stored with the connection; ``{}`` for nothing.

        In a dry run:
            Only what ``-m`` gives, where it is given.
        """
        return self._runtime.connection.metadata()

    @method("connection", owner="Nango")
    def set_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Replace the connection's metadata.

        In a dry run:
            Really happens, in Nango and not at the provider, and is counted apart
            (``Dryrun.metadata_writes``); ``--read-only`` refuses it.
        """
        self._runtime.connection.write_metadata(_mapping(metadata), merge=False)

    @method("connection", owner="Nango")
    def update_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Merge into the connection's metadata.

        In a dry run:
            As ``set_metadata``.
        """
        self._runtime.connection.write_metadata(_mapping(metadata), merge=True)

    @method("connection", owner="Nango", replaced_by="set_metadata")
    def set_field_mapping(self, mapping: Mapping[str, Any]) -> None:
        """Replace the connection's metadata, and log a warning."""
        self._runtime.log("warn", "setFieldMapping is deprecated. Please use setMetadata instead.")
        self.set_metadata(mapping)

    @method("connection", replaced_by="get_metadata")
    def get_field_mapping(self) -> dict[str, Any]:
        """``fieldMapping`` of the metadata, and log a warning."""
        self._runtime.log("warn", "getFieldMapping is deprecated. Please use getMetadata instead.")
        return self.get_metadata().get("fieldMapping") or {}

    @method("connection")
    def get_environment_variables(self) -> list[dict[str, str]]:
        """The environment's variables: ``[{"name": …, "value": …}]``."""
        return self._runtime.connection.environment_variables()

    # Other scripts

    @method("scripts", owner="Nango")
    def trigger_action(
        self, provider_config_key: str, connection_id: str, action_name: str, input: Any = None
    ) -> Any:
        """Run an action on a connection, and give its output. Its failure is an HTTPError with
        ``data["error"]["code"]``.

        In a dry run:
            An action of this notebook or folder runs here; any other runs on Nango, where its writes really
            happen. More than 10 that call each other are an SDKError.

        Raises:
            HTTPError: the action failed. ``data`` is the answer of Nango's API:
                ``{"error": {"code": "action_script_runtime_error", "payload": …}}`` with status 500 for an
                ActionError, ``script_http_error`` with 424 where a request of it failed.
            SDKError: actions call each other without end.
        """
        key, connection = self._other(provider_config_key, connection_id)
        return self._runtime.scripts.trigger_action(key, connection, _text(action_name, "action_name"), input)

    @method("scripts", owner="Nango")
    def trigger_sync(
        self,
        provider_config_key: str,
        connection_id: str,
        sync: str | Mapping[str, str],
        sync_mode: SyncMode | None = None,
    ) -> None:
        """Trigger a sync: its name, or ``{"name": …, "variant": …}``.

        In a dry run:
            Triggers nothing on Nango. As in ``nango dryrun``, the sync of this notebook is dry run; its
            result is in ``Dryrun.triggered``, and the log says so.
        """
        variant = "base"
        if isinstance(sync, Mapping):
            variant, sync = str(sync.get("variant") or "base"), str(sync.get("name") or "")
        if sync_mode is not None and sync_mode not in _MODES:
            raise SDKError(
                f"sync_mode is one of {', '.join(_MODES)}, not {sync_mode!r}.", code="invalid_request"
            )
        key, connection = self._other(provider_config_key, connection_id)
        self._runtime.scripts.trigger_sync(key, connection, _text(sync, "sync"), variant, sync_mode)

    @method("scripts", owner="Nango")
    def start_sync(
        self,
        provider_config_key: str,
        syncs: Sequence[str | Mapping[str, str]],
        connection_id: str | None = None,
    ) -> None:
        """Start the schedules of syncs.

        In a dry run:
            Only logs.
        """
        if isinstance(syncs, (str, bytes)) or not isinstance(syncs, Sequence):
            raise SDKError(
                f"start_sync: syncs is a list of names, not {type(syncs).__name__}.", code="invalid_request"
            )
        names = [str(sync.get("name")) if isinstance(sync, Mapping) else str(sync) for sync in syncs]
        self._runtime.scripts.start_sync(
            _text(provider_config_key, "provider_config_key"), names, connection_id
        )

    # What outlives a run

    @method("state", zero_yaml_only=True)
    def get_checkpoint(self) -> dict[str, Any] | None:
        """The checkpoint of an earlier run, or None.

        In a dry run:
            Begins with what ``-c`` gives.
        """
        return self._runtime.checkpoint.get()

    @method("state", owner="Nango", zero_yaml_only=True)
    def save_checkpoint(self, checkpoint: Mapping[str, str | float | bool]) -> None:
        """Save a checkpoint for the next run: a flat dict of text, numbers and booleans, else
        ``Invalid checkpoint: …``.

        In a dry run:
            In ``Dryrun.checkpoint``.

        Raises:
            SDKError: ``Invalid checkpoint: …``
        """
        self._runtime.checkpoint.save(checked_checkpoint(checkpoint))

    @method("state", owner="Nango", zero_yaml_only=True)
    def clear_checkpoint(self) -> None:
        """Delete the checkpoint: the next run begins anew.

        In a dry run:
            ``Dryrun.checkpoint`` is None.
        """
        self._runtime.checkpoint.clear()

    @method("state", owner="Nango")
    def try_acquire_lock(self, *, key: str, ttl_ms: float) -> bool:
        """Take a lock for ``ttl_ms`` milliseconds. All runs of an environment share locks.

        In a dry run:
            Always True.
        """
        _text(key, "key")
        if type(ttl_ms) not in (int, float) or not ttl_ms > 0:
            raise SDKError(f"ttl_ms is a number of milliseconds, not {ttl_ms!r}.", code="invalid_request")
        return self._runtime.locks.try_acquire(key, ttl_ms)

    @method("state", owner="Nango")
    def release_lock(self, *, key: str) -> bool:
        """Release a lock.

        In a dry run:
            Always True.
        """
        return self._runtime.locks.release(_text(key, "key"))

    @method("state", owner="Nango", zero_yaml_only=True)
    def release_all_locks(self) -> None:
        """Release all locks of this run."""
        self._runtime.locks.release_all()

    # Input, log

    @method("log", answered="in-node", zero_yaml_only=True)
    def zod_validate_input(self, *, zod_schema: str | type | Mapping[str, Any], input: Any) -> dict[str, Any]:
        """Validate ``input`` against a model, as ``zodValidateInput`` does: ``zod_schema`` is a model (its
        name, or the type from ``nangonb.models``) or a JSON Schema. Gives ``{"success": True, "data": …}``
        without keys that the model lacks; else logs each issue and raises ActionError ``Invalid input
        provided``. The texts of the issues are not zod's.

        Args:
            zod_schema: a model by its name or type (``Contact``), or a JSON Schema (draft-07).
            input: any JSON.

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
                    f"zod_validate_input: {name or zod_schema!r} is not a declared model. "
                    "Declare it in nango.yaml, under models.",
                    code="unknown_model",
                )
        data = validated(schema, input, lambda message: self.log(message, level="error"))
        return {"success": True, "data": data}

    @method("log", answered="log", owner="run")
    def log(self, *messages: Any, level: LogLevel = "info") -> None:
        """Write to the log of this run; values that are not text are written as JSON. Levels: ``debug``,
        ``info``, ``warn``, ``error``; ``http``, ``verbose`` and ``silly`` are ``info``, ``debug`` and
        ``debug``.

        In a dry run:
            Every level is shown; Nango's cloud keeps ``warn`` and ``error`` unless its settings say more.
        """
        if level not in get_args(LogLevel):
            raise SDKError(
                f"Unknown log level {level!r}. Use debug, info, warn or error.",
                code="invalid_log_level",
            )
        known = _LEVELS.get(level, level)
        if _ORDER.index(known) < _ORDER.index(self._logger_level):
            return
        text = " ".join(message if isinstance(message, str) else _logged(message) for message in messages)
        self._runtime.log(known, text)

    @method("log", answered="not-awaited", owner="run")
    def set_logger(self, *, level: LoggerLevel) -> None:
        """Log only what is at least ``level``. After ``off``, later calls change nothing."""
        if level not in _ORDER:
            match = nearest(str(level), _ORDER)
            hint = f" Did you mean {match!r}?" if match else ""
            raise SDKError(
                f"Unknown level {level!r} of a logger. Use {', '.join(_ORDER)}.{hint}",
                code="invalid_log_level",
            )
        if self._logger_level != "off":
            self._logger_level = level

    def _other(self, provider_config_key: Any, connection_id: Any) -> tuple[str, str]:
        return _text(provider_config_key, "provider_config_key"), _text(connection_id, "connection_id")

    if not TYPE_CHECKING:  # a type checker says itself that an attribute is not there

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(no_attribute(type(self), name), name=name, obj=self)


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


def _logged(value: Any) -> str:
    try:
        return json_text(value)
    except UsageError:  # a set, an object …
        return repr(value)
