"""``#| reads:`` — endpoints that a script asks with POST and that only read.

Nango knows nothing of it, and need not: it says which requests ``--read-only`` lets through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from nangonb.errors import ProjectError
from nangonb.project.problems import Place, Problem

_ENDPOINT: Final = re.compile(r"(?:(?P<method>[A-Za-z]+)\s+)?(?P<path>(?:https?:/)?/[^\s?#]*)")
_HINT: Final = "#| reads: POST /v1/reports/*/run   (* is one part of the path; several in a list: [/a, /b])"


def parse(value: Any, place: Place) -> tuple[str, ...]:
    """The paths that the line names, in its order.

    Raises:
        ProjectError: one of them is no path, or its method is not POST.
    """
    given = value if isinstance(value, list) else [value]
    return tuple(_path(each, place) for each in given)


def _path(value: Any, place: Place) -> str:
    found = _ENDPOINT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise _refused(f"`reads` must be a list of endpoints such as POST /v1/search, not {value!r}.", place)
    method = (found["method"] or "POST").upper()
    if method != "POST":
        why = "always reads" if method in ("GET", "HEAD", "OPTIONS") else "is always a write"
        raise _refused(f"`reads` accepts only POST endpoints: {method} {why}.", place)
    return found["path"]


def _refused(said: str, place: Place) -> ProjectError:
    problem = Problem("invalid-reads", said, place, _HINT)
    return ProjectError("The configuration of the script is invalid.", problems=[problem])


def line(paths: Iterable[str]) -> str:
    """What :func:`parse` reads, in one line without the marks of a comment; empty for no path."""
    shown = [f"POST {path}" for path in paths]
    return f"reads: [{', '.join(shown)}]" if len(shown) > 1 else f"reads: {shown[0]}" if shown else ""


def matches(paths: Iterable[str], path: str) -> bool:
    """Whether one of the patterns names ``path``, which has no query."""
    return any(_compiled(pattern).fullmatch(path) is not None for pattern in paths)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern.rstrip("/")).replace(r"\*", "[^/]+"))
