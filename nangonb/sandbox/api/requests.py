"""Access to the sandbox from a request, and checks of numbers in its query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from starlette.requests import Request

from nangonb.sandbox.answers import invalid
from nangonb.sandbox.assembly import Sandbox
from nangonb.sandbox.store.environment import Environment
from nangonb.sandbox.store.scheduler import Scheduler
from nangonb.sandbox.store.scripts import DeployedScripts

__all__ = ["KEY", "base_of", "environment_of", "number", "sandbox_of", "scheduler_of", "scripts_of"]

KEY: Final = re.compile(r"[a-zA-Z0-9~:.@ _-]{1,255}")
"""The key of an integration."""


def sandbox_of(request: Request) -> Sandbox:
    """The sandbox that serves this request."""
    return cast(Sandbox, request.app.state.sandbox)


def base_of(request: Request) -> str:
    """Its address."""
    return str(request.base_url).rstrip("/")


def environment_of(request: Request) -> Environment:
    """Its integrations, connections and variables."""
    return sandbox_of(request).backend.environment


def scheduler_of(request: Request) -> Scheduler:
    """The syncs of its connections."""
    return sandbox_of(request).backend.scheduler


def scripts_of(request: Request) -> DeployedScripts:
    """Its deployed scripts."""
    return scheduler_of(request).scripts


def number(
    params: Mapping[str, str],
    name: str,
    default: int,
    errors: list[dict[str, Any]],
    *,
    least: int = 0,
    most: int | None = None,
) -> int:
    """Return an integer of the query. Adds invalid values to ``errors``."""
    text = params.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text):
        errors.append(invalid(name, "Invalid input: expected number, received NaN"))
    elif int(text) < least:
        message = f"Too small: expected number to be >={least}"
        errors.append(invalid(name, message, code="too_small"))
    elif most is not None and int(text) > most:
        errors.append(invalid(name, f"Too big: expected number to be <={most}", code="too_big"))
    else:
        return int(text)
    return default
