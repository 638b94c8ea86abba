"""The ``nango`` object that a script receives.

Methods are those of Nango's runner-sdk in snake case; semantics and messages are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Unpack

from nangonb.errors import ActionError, SDKError, UsageError, nearest
from nangonb.nango import ProxyRequest, json_text
from nangonb.sdk.names import no_attribute
from nangonb.sdk.options import METHODS, RequestOptions, check_options
from nangonb.sdk.paginate import pages, pagination
from nangonb.sdk.response import Response, raise_for_status
from nangonb.sdk.runtime import Runtime

LogLevel = Literal["debug", "info", "warn", "error", "http", "verbose", "silly"]
_LEVELS = {"http": "info", "verbose": "debug", "silly": "debug"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a run is about: the script, its connection, and the models it may save to.

    ``models`` is empty where nothing declares what the script saves.
    """

    script: str
    integration: str
    connection_id: str
    provider: str
    is_sync: bool
    models: tuple[str, ...] = ()
    last_sync_date: datetime | None = None
    variant: str = "base"


class NangoAction:
    """What an action (and, with more methods, a sync) can do.

    Every request goes through Nango's proxy, with the credentials of the connection.
    """

    ActionError = ActionError

    def __init__(self, runtime: Runtime, context: Context) -> None:
        self._runtime = runtime
        self._context = context

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

    # Requests

    def proxy(self, endpoint: str, *, method: str = "GET", **options: Unpack[RequestOptions]) -> Response:
        """One request to the provider.

        Args:
            endpoint: the provider's path, ``/services/data/v53.0/query``; it may carry a query string.
            options: see :class:`RequestOptions`.

        Raises:
            HTTPError: the status is not 2xx, or no complete answer came.
        """
        return self._send(self._request("proxy", endpoint, method, options))

    def get(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """``proxy`` with GET."""
        return self._send(self._request("get", endpoint, "GET", options))

    def post(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """``proxy`` with POST."""
        return self._send(self._request("post", endpoint, "POST", options))

    def put(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """``proxy`` with PUT."""
        return self._send(self._request("put", endpoint, "PUT", options))

    def patch(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """``proxy`` with PATCH."""
        return self._send(self._request("patch", endpoint, "PATCH", options))

    def delete(self, endpoint: str, **options: Unpack[RequestOptions]) -> Response:
        """``proxy`` with DELETE."""
        return self._send(self._request("delete", endpoint, "DELETE", options))

    def paginate(
        self,
        endpoint: str,
        *,
        paginate: Mapping[str, Any] | None = None,
        method: str = "GET",
        **options: Unpack[RequestOptions],
    ) -> Iterator[Any]:
        """Yields page after page: what stands at ``response_path`` of each answer.

        ``paginate`` is laid over the provider's own pagination (``GET /providers/{provider}``); its
        names are Nango's: ``type`` (cursor, link, offset), ``response_path``, ``limit``,
        ``limit_name_in_request``, ``cursor_path_in_response`` …; ``on_page(next_page_param, response)``
        is called after each page.

        Raises:
            SDKError: there is no pagination for this provider, or it lacks what its type needs.
            HTTPError: as for :meth:`proxy`.
        """
        request = self._request("paginate", endpoint, method, options)
        how = pagination(request, paginate, self._runtime.provider())
        return pages(
            request,
            how,
            lambda asked, page: self._send(asked, page=page),
            lambda message: self._runtime.log("warn", message),
        )

    def _request(self, verb: str, endpoint: str, method: str, options: RequestOptions) -> ProxyRequest:
        check_options(verb, options)
        given: dict[str, Any] = dict(options)
        return ProxyRequest(
            endpoint=_path(endpoint),
            method=_method(method),
            provider_config_key=given.pop("provider_config_key", None) or self._context.integration,
            connection_id=given.pop("connection_id", None) or self._context.connection_id,
            retries=given.pop("retries", None) or 0,
            retry_on=tuple(given.pop("retry_on", None) or ()),
            is_sync=self._context.is_sync,
            **given,
        )

    def _send(self, request: ProxyRequest, *, page: int | None = None) -> Response:
        response = Response(self._runtime.send(request, page=page), request.response_type)
        raise_for_status(response, request.method, request.endpoint)
        return response

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
            raise AttributeError(no_attribute(type(self), NangoSync, name), name=name, obj=self)


class NangoSync(NangoAction):
    """What a sync can do: all that an action can, and save records."""

    @property
    def last_sync_date(self) -> datetime | None:
        """When the sync last ran (UTC), or None for its first run."""
        return self._context.last_sync_date

    @property
    def variant(self) -> str:
        return self._context.variant

    def batch_save(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Save records to the model's cache. Each needs an ``id``.

        Raises:
            SDKError: the model is not among the sync's outputs, or a record is none. Nothing of a
                refused batch is kept.
        """
        self._runtime.save(self._model("batch_save", model), () if records is None else records)
        return True

    def batch_update(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Merge fields into records that are there, by ``id``."""
        self._runtime.update(self._model("batch_update", model), () if records is None else records)
        return True

    def batch_delete(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:
        """Mark records as deleted, by ``id``."""
        self._runtime.delete(self._model("batch_delete", model), () if records is None else records)
        return True

    def _model(self, verb: str, model: Any) -> str:
        models = self._context.models
        if not isinstance(model, str):
            example = models[0] if models else "Contact"
            raise SDKError(
                f"{verb}: the model is given by its name, not as {type(model).__name__}: "
                f"nango.{verb}(records, {example!r}).",
                code="unknown_model",
            )
        if models and model not in models:
            match = nearest(model, models)
            hint = f" Did you mean {match!r}?" if match else ""
            raise SDKError(
                f"{verb}: {model!r} is not a model that {self._context.script} saves to.{hint} "
                f"Its output in nango.yaml: {', '.join(models)}.",
                code="unknown_model",
            )
        return model


def _path(endpoint: Any) -> str:
    if not isinstance(endpoint, str):
        kind = type(endpoint).__name__
        raise SDKError(f"endpoint must be a path such as '/contacts', not {kind}.", code="invalid_request")
    return endpoint


def _method(method: Any) -> str:
    name = method.upper() if isinstance(method, str) else ""
    if name not in METHODS:
        raise SDKError(f"method is one of {', '.join(METHODS)}, not {method!r}.", code="invalid_request")
    return name


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
