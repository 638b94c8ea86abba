"""What stands behind Nango's API in a sandbox, and what deployed scripts reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nangonb.sandbox.proxy.proxy import Proxy
from nangonb.sandbox.store.environment import Environment
from nangonb.sandbox.store.scheduler import Scheduler

__all__ = ["Backend"]


@dataclass
class Backend:
    """``base`` is the address of the sandbox."""

    environment: Environment
    scheduler: Scheduler
    proxy: Proxy
    base: str = ""
    locks: dict[str, tuple[object, float]] = field(default_factory=dict)
    checkpoints: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    """Of actions, by connection and name."""
