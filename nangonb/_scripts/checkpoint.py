"""The checkpoint of a run that stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["LocalCheckpoint"]


class LocalCheckpoint:
    """What the script saved last, at first what was given. ``resumed``: something was given."""

    def __init__(self, checkpoint: Mapping[str, Any] | None) -> None:
        self._checkpoint = None if checkpoint is None else dict(checkpoint)
        self.resumed = checkpoint is not None

    def get(self) -> dict[str, Any] | None:
        return None if self._checkpoint is None else dict(self._checkpoint)

    def save(self, checkpoint: Mapping[str, Any]) -> None:
        self._checkpoint = dict(checkpoint)

    def clear(self) -> None:
        self._checkpoint = None
