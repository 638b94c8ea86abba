"""A proxied request as Nango's own dry run sends it."""

from __future__ import annotations

from typing import Final

from nangonb._nango.encoding import js_string, request_body
from nangonb._nango.types import ProxyRequest, TransportError

TIMEOUT: Final = 300.0  # seconds between two pieces of an answer: the server may be waiting to retry


def words(request: ProxyRequest) -> str:
    return (
        f"{request.method.upper()} {request.endpoint.partition('?')[0]} through connection "
        f"{request.connection_id!r} of integration {request.provider_config_key!r}"
    )


def head(request: ProxyRequest, method: str) -> tuple[bytes | None, dict[bytes, bytes]]:
    """Body and headers as Nango's own dry run sends them (cli.md 2.1)."""
    # axios leaves out headers whose value is null or false.
    custom = {
        name: js_string(value)
        for name, value in (request.headers or {}).items()
        if value is not None and value is not False
    }
    content_type = next((value for name, value in custom.items() if name.lower() == "content-type"), None)
    content, content_type = request_body(method, request.data, content_type)
    headers = {
        "Connection-Id": request.connection_id,
        "Provider-Config-Key": request.provider_config_key,
        "Base-Url-Override": request.base_url_override or "",
        "Nango-Activity-Log-Id": "",
        **{f"Nango-Proxy-{name}": value for name, value in custom.items()},
    }
    if request.is_sync:
        headers["Nango-Is-Sync"] = "true"
    if request.is_dry_run:
        headers["Nango-Is-Dry-Run"] = "true"
    if request.retries:
        headers["Retries"] = js_string(request.retries)
    if request.retry_on:
        headers["Retry-On"] = ",".join(map(js_string, request.retry_on))
    if request.decompress:
        headers["Decompress"] = "true"
    if request.forward_headers_on_redirect:
        headers["Forward-Headers-On-Redirect"] = "true"
    if content_type:
        headers["Content-Type"] = content_type
    if content is None and method in {"POST", "PUT", "PATCH"}:
        content = b""
    return content, {_header_bytes(name, name): _header_bytes(name, value) for name, value in headers.items()}


def _header_bytes(name: str, text: str) -> bytes:
    """Node's rule: a header holds Latin-1 without control characters."""
    try:
        encoded = text.strip().encode("latin-1")
    except UnicodeEncodeError:
        encoded = b"\x00"
    if any((byte < 32 and byte != 9) or byte == 127 for byte in encoded):
        raise TransportError(
            f'Invalid character in header content ["{name.removeprefix("Nango-Proxy-")}"]',
            code="ERR_INVALID_CHAR",
            hint="A header holds one line of Latin-1 text: encode the value first.",
        )
    return encoded
