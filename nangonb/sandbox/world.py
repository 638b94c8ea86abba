"""What a sandbox holds, as deployed scripts reach it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nangonb.sandbox.proxy import Proxy
from nangonb.sandbox.state import State
from nangonb.sandbox.syncs import Syncs

__all__ = ["World"]


@dataclass
class World:
    """What the sandbox holds. ``base`` is its address."""

    state: State
    syncs: Syncs
    proxy: Proxy
    base: str = ""
    locks: dict[str, tuple[object, float]] = field(default_factory=dict)
    checkpoints: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    """Of actions, by connection and name."""
