"""What a script sees where Nango's API refuses or does not answer: errors of a request."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TypeVar

from nangonb.errors import ApiError, HTTPError, NangonbError, NetworkError, SDKError, UsageError

_E = TypeVar("_E", HTTPError, SDKError)


@contextlib.contextmanager
def as_script_error(method: str, path: str) -> Iterator[None]:
    """Errors of a call of Nango's API become errors of the request ``method path``."""
    try:
        yield
    except (ApiError, NetworkError) as error:
        raise http_error(error, method, path) from None
    except UsageError as error:
        raise sdk_error(error) from None


def http_error(error: ApiError | NetworkError, method: str, url: str) -> HTTPError:
    """axios' words; what the kit knows more is a note, which the shown trace adds."""
    if isinstance(error, ApiError):
        data = getattr(error, "body", None) or {"error": {"code": error.code, "message": error.message}}
        text = f"Request failed with status code {error.status}"
        raised = HTTPError(text, status=error.status, data=data, code=error.code, method=method, url=url)
    else:
        status, headers = getattr(error, "status", None), getattr(error, "headers", None)
        raised = HTTPError(
            error.message, status=status, headers=headers, code=error.code, method=method, url=url
        )
    return _noted(raised, error)


def sdk_error(error: UsageError) -> SDKError:
    return _noted(SDKError(error.message, code="invalid_request"), error)


def may_write(method: str, endpoint: str) -> SDKError:
    """What a read-only run raises for a request that is not known to read only."""
    error = read_only(f"{method} {endpoint} would write to the provider")
    if method == "POST":
        path = endpoint.partition("?")[0]
        error.add_note(f"If it only reads, declare it in the script's cell: #| reads: POST {path}")
    return error


def read_only(what: str) -> SDKError:
    return SDKError(f"{what}, and this run is read-only (--read-only).", code="read_only")


def _noted(raised: _E, error: NangonbError) -> _E:
    if error.hint:
        raised.add_note(error.hint)
    return raised
