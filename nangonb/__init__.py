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

if TYPE_CHECKING:  # each verb once, so that type checkers see its signature
    from nangonb.dryrun import Dryrun
    from nangonb.errors import ActionError, HTTPError, NangonbError, ScriptError, SDKError
    from nangonb.sdk import NangoAction, NangoSync, Response
    from nangonb.verbs.check import check
    from nangonb.verbs.connection import connection
    from nangonb.verbs.connections import connections
    from nangonb.verbs.deploy import deploy
    from nangonb.verbs.dryrun import dryrun
    from nangonb.verbs.explain import explain
    from nangonb.verbs.export import export
    from nangonb.verbs.forget import forget
    from nangonb.verbs.generate import generate
    from nangonb.verbs.import_folder import import_folder
    from nangonb.verbs.last_dryrun import last_dryrun
    from nangonb.verbs.last_records import last_records
    from nangonb.verbs.pause import pause
    from nangonb.verbs.records import records
    from nangonb.verbs.show import show
    from nangonb.verbs.start import start
    from nangonb.verbs.status import status
    from nangonb.verbs.test import test
    from nangonb.verbs.trigger import trigger

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
    "explain",
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
        if name not in __all__ or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'nangonb' has no attribute {name!r}")
    home = _HOMES.get(name, f"verbs.{name}")  # a verb is in the module of its name
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
