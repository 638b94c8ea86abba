"""Write, dry run and export Nango integrations from a notebook.

In a notebook: ``%load_ext nangonb``. Every magic is a function, too: ``nangonb.dryrun(...)``.
Importing this package loads nothing heavy; names are resolved when they are first used.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nangonb._version import __version__

if TYPE_CHECKING:
    from nangonb.dryrun import Dryrun
    from nangonb.errors import ActionError, HTTPError, NangonbError, ScriptError, SDKError
    from nangonb.sdk import NangoAction, NangoSync, Response
    from nangonb.session import (
        check,
        connection,
        connections,
        deploy,
        dryrun,
        export,
        forget,
        generate,
        import_folder,
        last_dryrun,
        last_records,
        pause,
        records,
        show,
        start,
        status,
        test,
        trigger,
    )

_HOMES = {
    "ActionError": "errors",
    "Dryrun": "dryrun",
    "HTTPError": "errors",
    "NangoAction": "sdk",
    "NangoSync": "sdk",
    "NangonbError": "errors",
    "Response": "sdk",
    "SDKError": "errors",
    "ScriptError": "errors",
    "check": "session",
    "connection": "session",
    "connections": "session",
    "deploy": "session",
    "dryrun": "session",
    "export": "session",
    "forget": "session",
    "generate": "session",
    "import_folder": "session",
    "last_dryrun": "session",
    "last_records": "session",
    "pause": "session",
    "records": "session",
    "show": "session",
    "start": "session",
    "status": "session",
    "test": "session",
    "trigger": "session",
}

__all__ = [
    "ActionError",
    "Dryrun",
    "HTTPError",
    "NangoAction",
    "NangoSync",
    "NangonbError",
    "Response",
    "SDKError",
    "ScriptError",
    "__version__",
    "check",
    "connection",
    "connections",
    "deploy",
    "dryrun",
    "export",
    "forget",
    "generate",
    "import_folder",
    "last_dryrun",
    "last_records",
    "pause",
    "records",
    "show",
    "start",
    "status",
    "test",
    "trigger",
]


class _Package(ModuleType):
    """``nangonb.dryrun`` is the function, also once the package of that name is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        # the import system puts each submodule here, and would so hide the function
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'nangonb' has no attribute {name!r}")
    return getattr(importlib.import_module(f"nangonb.{home}"), name)


def __dir__() -> list[str]:
    return __all__


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext nangonb``"""
    from nangonb.jupyter import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext nangonb``"""
    from nangonb.jupyter import unload

    unload(shell)
