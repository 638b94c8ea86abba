"""The request that a call of ``nango.get``, ``post``, … ``proxy`` and ``paginate`` makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nangonb._nango import ProxyRequest
from nangonb._sdk.context import Context
from nangonb._sdk.names import snake_case
from nangonb._sdk.options import METHODS, RequestOptions, check_options
from nangonb.errors import SDKError


def request(context: Context, verb: str, endpoint: str, method: str, options: RequestOptions) -> ProxyRequest:
    """``verb`` is the method of the ``nango`` object.

    Raises:
        TypeError: a keyword is not an option.
        SDKError: an argument has a wrong type.
    """
    check_options(verb, options)
    given: dict[str, Any] = dict(options)
    given.pop("retry_header", None)  # as in `nango dryrun`: /proxy has no header for it
    return ProxyRequest(
        endpoint=_path(verb, endpoint),
        method=_method(method),
        provider_config_key=given.pop("provider_config_key", None) or context.integration,
        connection_id=given.pop("connection_id", None) or context.connection_id,
        retries=given.pop("retries", None) or 0,
        retry_on=tuple(given.pop("retry_on", None) or ()),
        is_sync=context.is_sync,
        **given,
    )


def _path(verb: str, endpoint: Any) -> str:
    if not isinstance(endpoint, str):
        kind = type(endpoint).__name__
        if isinstance(endpoint, Mapping):  # as in TypeScript
            call = _call(verb, endpoint)
            raise SDKError(
                f"nango.{verb}() takes the endpoint and keywords, not one dict: {call}",
                code="invalid_request",
            )
        raise SDKError(f"endpoint must be a path such as '/contacts', not {kind}.", code="invalid_request")
    return endpoint


def _call(verb: str, config: Mapping[Any, Any]) -> str:
    """The call as it is written here, for a request that is given as in TypeScript."""
    names = [snake_case(str(name)) for name in config if name != "endpoint"]
    words = [repr(config.get("endpoint", "/contacts")), *(f"{name}=…" for name in names)]
    return f"nango.{verb}({', '.join(words)})"


def _method(method: Any) -> str:
    name = method.upper() if isinstance(method, str) else ""
    if name not in METHODS:
        raise SDKError(f"method is one of {', '.join(METHODS)}, not {method!r}.", code="invalid_request")
    return name
