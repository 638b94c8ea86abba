"""The part of the ``nango`` object that sends requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Unpack

from nangonb.errors import ActionError, SDKError
from nangonb.nango import ProxyRequest
from nangonb.sdk.context import Context
from nangonb.sdk.fetch import FetchResponse, fetch_request
from nangonb.sdk.names import snake_case
from nangonb.sdk.options import METHODS, RequestOptions, check_options
from nangonb.sdk.paginate import Tell, pages, pagination
from nangonb.sdk.response import Response, raise_for_status
from nangonb.sdk.runtime import Runtime


class Requests:
    """Every request goes through Nango's proxy, with the credentials of the connection."""

    ActionError = ActionError

    def __init__(self, runtime: Runtime, context: Context) -> None:
        self._runtime = runtime
        self._context = context

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
        is called after each page. A provider that gives the same page again and again is said in a
        Problem, and ends a dry run after 100 times. A page that may not be the last one, and ends the walk
        because it is not JSON or has no list or no ``Link`` header, is said in a Problem.

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
            Tell(
                lambda message: self._runtime.log("warn", message),
                self._runtime.doubt,
                self._runtime.repeated,
            ),
        )

    def uncontrolled_fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, Any] | None = None,
        body: str | bytes | None = None,
    ) -> FetchResponse:
        """A request straight to ``url``: no proxy, no credentials, no retries, and an answer of any status.

        Redirects are followed, each checked like the first address: http or https, and not in a private
        network (on this machine only where Nango itself is on it).

        Raises:
            ActionError: the address is refused; ``payload["code"]`` is ``url_not_allowed``,
                ``too_many_redirects`` or ``invalid_redirect``.
            HTTPError: no complete answer came; ``code`` says why.
        """
        request = fetch_request(url, method, headers, body)
        return FetchResponse(self._runtime.fetch(request), request.url)

    def _request(self, verb: str, endpoint: str, method: str, options: RequestOptions) -> ProxyRequest:
        check_options(verb, options)
        given: dict[str, Any] = dict(options)
        given.pop("retry_header", None)  # as in `nango dryrun`: /proxy has no header for it
        return ProxyRequest(
            endpoint=_path(verb, endpoint),
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


def _path(verb: str, endpoint: Any) -> str:
    if not isinstance(endpoint, str):
        kind = type(endpoint).__name__
        if isinstance(endpoint, Mapping):  # as in TypeScript
            said = f"the endpoint and keywords, not one dict: {_call(verb, endpoint)}"
            raise SDKError(f"nango.{verb}() takes {said}", code="invalid_request")
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
