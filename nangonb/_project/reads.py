"""``#| reads:`` — endpoints that a script asks with POST and that only read.

Only nangonb uses it: ``--read-only`` allows these requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from nangonb._project.problems import Place, Problem
from nangonb.errors import ProjectError

_ENDPOINT: Final = re.compile(r"(?:(?P<method>[A-Za-z]+)\s+)?(?P<path>(?:https?:/)?/[^\s?#]*)")
_HINT: Final = "#| reads: POST /v1/reports/*/run   (* is one part of the path; several in a list: [/a, /b])"


def parse(value: Any, place: Place) -> tuple[str, ...]:
    """The paths that the line names, in its order.

    Raises:
        ProjectError: one of them is not a path, or its method is not POST.
    """
    given = value if isinstance(value, list) else [value]
    return tuple(_path(each, place) for each in given)


def _path(value: Any, place: Place) -> str:
    match = _ENDPOINT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise _refused(f"`reads` must be a list of endpoints such as POST /v1/search, not {value!r}.", place)
    method = (match["method"] or "POST").upper()
    if method != "POST":
        why = "always reads" if method in ("GET", "HEAD", "OPTIONS") else "is always a write"
        raise _refused(f"`reads` accepts only POST endpoints: {method} {why}.", place)
    return match["path"]


def _refused(message: str, place: Place) -> ProjectError:
    problem = Problem("invalid-reads", message, place, _HINT)
    return ProjectError("The configuration of the script is invalid.", problems=[problem])


def line(paths: Iterable[str]) -> str:
    """What :func:`parse` reads, in one line without the marks of a comment; empty for no path."""
    endpoints = [f"POST {path}" for path in paths]
    if len(endpoints) == 1:
        return f"reads: {endpoints[0]}"
    return f"reads: [{', '.join(endpoints)}]" if endpoints else ""


def matches(paths: Iterable[str], path: str) -> bool:
    """Whether one of the patterns names ``path``, which has no query."""
    return any(_compiled(pattern).fullmatch(path) is not None for pattern in paths)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern.rstrip("/")).replace(r"\*", "[^/]+"))
