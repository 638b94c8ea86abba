"""A session whose verbs are methods."""

from __future__ import annotations

import functools
from typing import Any

from nangonb._session import Session as OwnSession
from nangonb._session import using
from nangonb._verbs import verbs


class Session:
    """``session.dryrun(…)`` is ``nangonb.dryrun(…)`` with this session, and so is every verb.

    Everything else is that of ``own``, the session itself: ``session.own.connections`` is not the verb.
    """

    own: OwnSession

    def __init__(self, **options: Any) -> None:
        self.__dict__["own"] = OwnSession(**options)

    def __getattr__(self, name: str) -> Any:
        for verb in verbs().values():
            if verb.in_package and verb.function.__name__ == name:
                return functools.partial(self._run, verb.function)
        return getattr(self.own, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.own, name, value)

    def _run(self, function: Any, *args: Any, **options: Any) -> Any:
        with using(self.own):
            return function(*args, **options)
