"""The session that verbs use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from nangonb._session.session import Session

_own: Session | None = None
_used: ContextVar[Session | None] = ContextVar("nangonb_session", default=None)


def current() -> Session:
    """The session of :func:`using`, else that of this process, which is made when first asked for."""
    global _own
    if (session := _used.get()) is not None:
        return session
    if _own is None:
        _own = Session()
    return _own


@contextlib.contextmanager
def using(session: Session) -> Iterator[Session]:
    """In this block, verbs use ``session``."""
    token = _used.set(session)
    try:
        yield session
    finally:
        _used.reset(token)
