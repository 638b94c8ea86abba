"""The session of this process, and its verbs as functions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from nangonb.session.session import Session

_P = ParamSpec("_P")
_R = TypeVar("_R")
_current: Session | None = None


def current() -> Session:
    """The session of this process; made when first asked for."""
    global _current
    if _current is None:
        _current = Session()
    return _current


def _verb(method: Callable[Concatenate[Session, _P], _R]) -> Callable[_P, _R]:
    """A method of the current session as a function, with its options, types and documentation."""

    @functools.wraps(method)
    def verb(*args: _P.args, **options: _P.kwargs) -> _R:
        __tracebackhide__ = True
        return method(current(), *args, **options)

    signature = inspect.signature(method)
    without_self = list(signature.parameters.values())[1:]
    verb.__signature__ = signature.replace(parameters=without_self)  # type: ignore[attr-defined]
    verb.__module__, verb.__qualname__ = __name__, method.__name__
    del verb.__wrapped__  # it would show self again
    return verb


check = _verb(Session.check)
connection = _verb(Session.connection)
connections = _verb(Session.connections)
deploy = _verb(Session.deploy)
dryrun = _verb(Session.dryrun)
export = _verb(Session.export)
forget = _verb(Session.forget)
generate = _verb(Session.generate)
import_folder = _verb(Session.import_folder)
last_dryrun = _verb(Session.last_dryrun)
last_records = _verb(Session.last_records)
pause = _verb(Session.pause)
records = _verb(Session.records)
show = _verb(Session.show)
start = _verb(Session.start)
status = _verb(Session.status)
test = _verb(Session.test)
trigger = _verb(Session.trigger)
