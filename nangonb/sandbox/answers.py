"""Answers in the shapes of the Nango API: JSON, and errors as ``{"error": {code, message, errors?}}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["Refusal", "answer", "check_query", "invalid", "missing", "read_body", "refuse_unknown"]


class Refusal(Exception):
    """A request is answered with an error. ``code`` is one of Nango's codes."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str = "",
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        payload: Any = None,
    ) -> None:
        super().__init__(message or code)
        self.status = status
        self.error: dict[str, Any] = {"code": code}
        if message:
            self.error["message"] = message
        entries = list(errors)
        if entries:
            self.error["errors"] = entries
        if payload is not None:
            self.error["payload"] = payload

    def response(self) -> Response:
        """The HTTP response that carries this error."""
        return answer({"error": self.error}, status=self.status)


def answer(body: Any, *, status: int = 200) -> Response:
    """A JSON response."""
    return Response(orjson.dumps(body), status_code=status, media_type="application/json; charset=utf-8")


def missing(name: str) -> dict[str, Any]:
    """One entry of ``errors``: a required value is absent."""
    return {
        "code": "invalid_type",
        "message": "Invalid input: expected string, received undefined",
        "path": [name],
    }


def invalid(name: str, message: str, *, code: str = "invalid_type") -> dict[str, Any]:
    """One entry of ``errors``: a value is of the wrong type or form."""
    return {"code": code, "message": message, "path": [name]}


def refuse_unknown(given: Iterable[str], known: Iterable[str], code: str) -> None:
    """Refuse names that the real server does not know (it validates strictly).

    Raises: Refusal 400 with ``code``.
    """
    unknown = sorted(set(given) - set(known))
    if unknown:
        names = ", ".join(f'"{name}"' for name in unknown)
        entry = {
            "code": "unrecognized_keys",
            "message": f"Unrecognized key(s) in object: {names}",
            "path": [],
        }
        raise Refusal(400, code, errors=[entry])


def check_query(request: Request, known: Iterable[str]) -> dict[str, str]:
    """The query parameters, each once. ``tags[...]`` is let through where ``tags`` is known.

    Raises: Refusal 400 ``invalid_query_params``.
    """
    allowed = set(known)
    given = dict(request.query_params.multi_items())
    names = [
        name for name in given if not ("tags" in allowed and name.startswith("tags[") and name[-1] == "]")
    ]
    refuse_unknown(names, allowed, "invalid_query_params")
    return given


async def read_body(request: Request) -> dict[str, Any]:
    """The JSON body, which must be an object.

    Raises: Refusal 400 ``invalid_body``.
    """
    try:
        body = orjson.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError as error:
        entry = {"code": "invalid_json", "message": str(error), "path": []}
        raise Refusal(400, "invalid_body", "The body is not JSON", errors=[entry]) from None
    if not isinstance(body, dict):
        entry = {"code": "invalid_type", "message": "Invalid input: expected object", "path": []}
        raise Refusal(400, "invalid_body", errors=[entry])
    return body
