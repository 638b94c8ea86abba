"""What went wrong, from an answer of Nango's API or from an exception of httpx."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from nangonb._masking import Masker
from nangonb._nango import rate_limit
from nangonb._nango.types import ApiResponseError, TransportError
from nangonb._text import LEVELS
from nangonb.errors import NetworkError

if TYPE_CHECKING:
    import httpx

# Codes with which Nango itself, and no provider, answers on /proxy (api.md; controllers/proxy/allProxy.ts).
_PROXY_CODES = frozenset(
    {
        "base_url_override_not_allowed",
        "connection_refresh_backoff",
        "failed_to_get_connection",
        "invalid_headers",
        "invalid_secret_key_format",
        "malformed_auth_header",
        "missing_auth_header",
        "plan_limit",
        "resource_capped",
        "unknown_account",
        "unknown_connection",
        "unknown_provider_config",
        "unknown_provider_template_in_config",
    }
)
_KEY_CODES = frozenset(
    {"invalid_secret_key_format", "malformed_auth_header", "missing_auth_header", "unknown_account"}
)
_REFUSED_CODES = frozenset(
    {
        "connection_refresh_backoff",
        "connection_test_failed",
        "failed_to_get_connection",
        "invalid_credentials",
        "refresh_token_external_error",
    }
)
_PLAN_CODES = frozenset(
    {"disabled_resource", "feature_disabled", "forbidden", "plan_limit", "resource_capped"}
)


def error_of(body: Any) -> Mapping[str, Any] | None:
    """The ``error`` object of a Nango error body, or None where the body has not that shape."""
    if (
        isinstance(body, Mapping)
        and isinstance(error := body.get("error"), Mapping)
        and isinstance(error.get("code"), str)
    ):
        return error
    return None


def is_proxy_error(status: int, body: Any, headers: Mapping[str, str]) -> bool:
    """Whether an answer on /proxy is Nango's own refusal, not the provider's."""
    error = error_of(body)
    if error is None or status < 400:
        return False
    if rate_limit.is_limit(status, error, headers):
        return True
    if error["code"] == "server_error":
        # The one code that providers use as well: here the text tells.
        return status < 500 and str(error.get("message", "")).startswith("Failed to get connection")
    return error["code"] in _PROXY_CODES


def api_error(
    status: int,
    body: Any,
    *,
    subject: str,
    host: str,
    key_name: str,
    masker: Masker,
    headers: Mapping[str, str],
) -> ApiResponseError:
    """The error for an answer of Nango's API.

    ``body`` is the decoded JSON, or None where the answer was none. ``subject`` says in words what was
    requested (``connection 'conn-1'``).
    """
    error = error_of(body)
    if error is None:
        return _not_like_nango(status, body, subject=subject, host=host, masker=masker)
    code = str(error["code"])
    message = masker.text(_message_of(error))[:1000]
    # Nango says only `not_found` for a missing integration
    reason = "unknown_provider_config" if code == "not_found" and subject.startswith("integration ") else code
    wait = rate_limit.seconds(headers) if status == 429 and code == rate_limit.CODE else None
    hint = (
        _hint(status, reason, message, host=host, key_name=key_name, retry_after=headers.get("retry-after"))
        if wait is None
        else _RATE_LIMIT.format(wait)
    )
    text = f"Nango ({host}) answered {status} {code} for {subject}" + (f": {message}" if message else ".")
    return ApiResponseError(text, code=code, status=status, hint=hint, body=masker.data(body), wait=wait)


def not_json(
    status: int, content_type: str, *, subject: str, host: str, too_deep: bool = False
) -> ApiResponseError:
    """The error for a success that is not JSON: some other server, or a login page in between.

    ``too_deep``: it is JSON that is nested too deeply to be read.
    """
    content = content_type.partition(";")[0] or "something without a content type"
    content = "broken JSON" if content == "application/json" else f"{content} instead of JSON"
    if too_deep:
        content = f"JSON that is nested too deeply: more than {LEVELS} levels"
    return ApiResponseError(
        f"{host} answered {status} with {content} for {subject}.",
        code="not_nango",
        status=status,
        hint=_WRONG_HOST,
    )


def unexpected(path: str, *, subject: str, host: str, expected: str) -> ApiResponseError:
    """The error for JSON that is not what Nango sends there."""
    return ApiResponseError(
        f"{host} answered {path} ({subject}) with JSON that is not {expected}.",
        code="not_nango",
        status=200,
        hint=_WRONG_HOST,
    )


_RATE_LIMIT = (
    "This is Nango's own rate limit (by default 200 requests a minute for an account), not the provider's. "
    f"Nango asks to wait {{:,.0f}} s; a request waits {rate_limit.PATIENCE:.0f} s at most. Try again later."
)
_WRONG_HOST = (
    "This does not look like Nango's API. Check NANGO_HOSTPORT: it names the API (https://api.nango.dev, "
    "http://localhost:3003 …), not the dashboard. A proxy in between may answer instead."
)


def _not_like_nango(status: int, body: Any, *, subject: str, host: str, masker: Masker) -> ApiResponseError:
    excerpt = "" if body is None else str(masker.data(body))[:200]
    if status == 429:
        hint = "Wait, then try again."
    elif status in {502, 503, 504}:
        hint = "A gateway before Nango answered: it is starting, overloaded or down. Try again in a moment."
    else:
        hint = _WRONG_HOST
    text = f"{host} answered {status} for {subject}" + (
        f": {excerpt}" if excerpt else ", and not in Nango's format."
    )
    return ApiResponseError(text, code=f"http_{status}", status=status, hint=hint, body=masker.data(body))


def _message_of(error: Mapping[str, Any]) -> str:
    parts = [str(error["message"])] if error.get("message") else []
    errors = error.get("errors")
    for item in errors if isinstance(errors, list) else []:
        if isinstance(item, Mapping):
            path = item.get("path")
            place = ".".join(map(str, path)) if isinstance(path, list) else str(path or "")
            parts.append(f"{place}: {item.get('message')}" if place else str(item.get("message")))
    payload = error.get("payload")
    if not parts and isinstance(payload, Mapping) and isinstance(payload.get("message"), str):
        parts.append(payload["message"])
    return "; ".join(parts)


def _hint(status: int, code: str, message: str, *, host: str, key_name: str, retry_after: str | None) -> str:
    if code in _KEY_CODES or status == 401:
        return (
            f"Check {key_name}: copy the secret key of that environment from Nango's environment settings, "
            f"and check that it belongs to {host}."
        )
    if code in {"unknown_provider_config", "unknown_provider_template_in_config", "integration_not_found"}:
        return "This environment has no such integration. Check the integration id and the environment."
    if code in _REFUSED_CODES or "credentials" in message.lower():
        return (
            "Nango could not get valid credentials from the provider. Reconnect the connection, "
            "or see its errors in Nango's dashboard."
        )
    if (
        code in {"unknown_connection", "connection_not_found"}
        or "get connection" in message
        or "find connection" in message
    ):
        return (
            "This environment has no such connection for this integration: "
            "`%nango_connection` or `nangonb connections` lists them."
        )
    if code == "base_url_override_not_allowed":
        return "Nango does not allow that address for this integration. Leave out base_url_override."
    if code == "invalid_headers":
        return "Check the connection id, the integration id, retry_on and base_url_override (a full URL)."
    if code in _PLAN_CODES or status == 403:
        return "The key works, but this is not enabled or not allowed for this environment or plan."
    if status == 429:
        known = retry_after and retry_after.isdigit()
        wait = f"Nango asks to wait {retry_after} s." if known else "Wait, then try again."
        return f"Too many requests to Nango's API. {wait}"
    if code == "execution_environment_unavailable":
        return "Nango's servers are busy. Try again in a minute."
    if "function execution environment" in message:
        return (
            "This Nango cannot compile and run TypeScript, as a self-hosted one cannot. Do it here, "
            "without --remote and --via functions."
        )
    if status >= 500:
        return "Nango failed: try again. If it fails again, see Nango's logs."
    return ""


def host_of(url: str) -> str:
    """``http://127.0.0.1:3003`` of any address there, without user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def network_error(error: Exception, *, host: str, seconds: float | None = None) -> NetworkError:
    """The error where Nango's API gave no answer at all. ``seconds`` is what the request might take."""
    code, reason = _code_of(error, timeout=seconds)
    hint = _limit_hint(error) or _network_hint(code, host)
    if code == "ERR_FR_TOO_MANY_REDIRECTS":
        hint = f"{host} redirects in a loop. {_WRONG_HOST}"
    if code in {"ECONNRESET", "HPE_INVALID_CONSTANT"} and host.startswith("http://"):
        hint += " If that server speaks TLS, write https:// in NANGO_HOSTPORT."
    return NetworkError(f"No answer from Nango at {host}: {reason} ({code}).", code=code, hint=hint)


def never_sent(error: NetworkError) -> bool:
    """Whether no connection was made, so that the server cannot have done what was asked."""
    import httpx

    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.InvalidURL)


def transport_error(
    error: Exception,
    *,
    host: str,
    url: str,
    elapsed: float,
    response: httpx.Response | None,
    timeout: float,
    masker: Masker,
) -> TransportError:
    """The error where a proxied request got no complete answer, in axios' words."""
    code, message = _code_of(error, begun=response is not None, timeout=timeout)
    from nangonb._nango.transfer import TooLarge

    return TransportError(
        masker.text(message),
        code=code,
        is_too_large=isinstance(error, TooLarge),
        hint=_limit_hint(error) or _network_hint(code, host),
        received=0 if response is None else response.num_bytes_downloaded,
        elapsed=elapsed,
        status=None if response is None else response.status_code,
        headers=None if response is None else dict(response.headers),
        url=masker.text(url),
    )


def _code_of(error: Exception, *, begun: bool = False, timeout: float | None = None) -> tuple[str, str]:
    """axios' code and message. ``begun``: the head of the answer had arrived."""
    import socket
    import ssl

    import httpx

    from nangonb._nango.transfer import TooLarge

    cause = _root(error)
    if isinstance(error, TooLarge):
        return "ERR_BAD_RESPONSE", str(error)
    if isinstance(error, httpx.ConnectTimeout):
        return "ETIMEDOUT", "connect ETIMEDOUT"
    if isinstance(error, httpx.TimeoutException):
        limit = "" if timeout is None else f" of {round(timeout * 1000)}ms"
        return "ECONNABORTED", f"timeout{limit} exceeded"
    if isinstance(error, httpx.TooManyRedirects):
        return "ERR_FR_TOO_MANY_REDIRECTS", "Maximum number of redirects exceeded"
    if isinstance(error, httpx.DecodingError):
        return "Z_DATA_ERROR", f"The body could not be decompressed: {error}"
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return "ERR_INVALID_URL", f"Invalid URL: {error}"
    if isinstance(error, httpx.ConnectError):
        if isinstance(cause, ssl.SSLError) or "certificate" in str(error).lower():
            if (
                not isinstance(cause, ssl.SSLCertVerificationError)
                and "certificate" not in str(error).lower()
            ):
                return _NO_TLS, "TLS: the server does not speak it"
            return "EPROTO", f"TLS: {getattr(cause, 'verify_message', '') or str(error)}"
        if (
            isinstance(cause, socket.gaierror)
            or "getaddrinfo" in str(error)
            or "Name or service" in str(error)
        ):
            return "ENOTFOUND", "getaddrinfo ENOTFOUND"
        number = getattr(cause, "errno", None)
        name = errno.errorcode.get(number, "ECONNREFUSED") if isinstance(number, int) else "ECONNREFUSED"
        return name, f"connect {name}"
    if begun:
        return "ERR_BAD_RESPONSE", "stream has been aborted"
    if isinstance(error, httpx.LocalProtocolError):
        return "ERR_INVALID_CHAR", f"The request cannot be sent: {error}"
    if isinstance(error, httpx.RemoteProtocolError) and "without sending" not in str(error):
        return "HPE_INVALID_CONSTANT", f"Parse Error: {error}"
    return "ECONNRESET", "socket hang up"


def _root(error: BaseException) -> BaseException:
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return error


#: OpenSSL's own words where plain HTTP is answered to a TLS greeting.
_NO_TLS = "ERR_SSL_WRONG_VERSION_NUMBER"


def _limit_hint(error: Exception) -> str:
    """How to raise the limit that ended a request, where one of ours did."""
    from nangonb._nango.transfer import OutOfTime, TooLarge

    if isinstance(error, OutOfTime):
        return "request_timeout below [tool.nangonb] in pyproject.toml sets how long a request may take."
    if isinstance(error, TooLarge):
        return (
            f"An answer may have {error.largest // 2**20:,} MB: ask for less, in pages. max_memory_mb below "
            "[tool.nangonb] in pyproject.toml sets how much; a fifth of it is for an answer, 512 MB at most."
        )
    return ""


def _network_hint(code: str, host: str) -> str:
    if code == _NO_TLS:
        plain = host.replace("https://", "http://", 1)
        return f"Something listens at {host}, and it speaks plain HTTP. Set NANGO_HOSTPORT={plain}"
    if code == "ERR_FR_TOO_MANY_REDIRECTS":
        return "The provider redirects in a loop: check the path, and whether it needs a slash at its end."
    if code == "ECONNREFUSED":
        return f"Nothing listens at {host}: is Nango running there? NANGO_HOSTPORT names the host."
    if code == "ENOTFOUND":
        return f"The host name in {host} cannot be resolved. Check NANGO_HOSTPORT and the network."
    if code == "EPROTO":
        return (
            f"The TLS certificate of {host} is not trusted. For a private authority set SSL_CERT_FILE to its "
            "certificate; for plain HTTP write http:// in NANGO_HOSTPORT."
        )
    if code in {"ETIMEDOUT", "ECONNABORTED"}:
        return f"{host} did not answer in time: try again, or check the network and any proxy in between."
    if code == "ERR_INVALID_URL":
        return "Check NANGO_HOSTPORT and the endpoint."
    return "The connection was interrupted. Try again."
