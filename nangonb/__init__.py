"""Write, dry run and export Nango integrations from a notebook.

In a notebook: ``%load_ext nangonb``. Every magic is a function, too: ``nangonb.dryrun(...)``.
Importing this package loads nothing heavy; names are resolved when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nangonb._version import __version__

if TYPE_CHECKING:  # each verb once, so that type checkers see its signature
    from nangonb._dryrun import Dryrun
    from nangonb._sdk import NangoAction, NangoSync, Response
    from nangonb._verbs.check import check
    from nangonb._verbs.connection import connection
    from nangonb._verbs.connections import connections
    from nangonb._verbs.deploy import deploy
    from nangonb._verbs.dryrun import dryrun
    from nangonb._verbs.explain import explain
    from nangonb._verbs.export import export
    from nangonb._verbs.forget import forget
    from nangonb._verbs.generate import generate
    from nangonb._verbs.import_folder import import_folder
    from nangonb._verbs.last_dryrun import last_dryrun
    from nangonb._verbs.last_records import last_records
    from nangonb._verbs.pause import pause
    from nangonb._verbs.records import records
    from nangonb._verbs.show import show
    from nangonb._verbs.start import start
    from nangonb._verbs.status import status
    from nangonb._verbs.test import test
    from nangonb._verbs.trigger import trigger
    from nangonb.errors import ActionError, HTTPError, NangonbError, ScriptError, SDKError

_HOMES = {
    "ActionError": "errors",
    "Dryrun": "_dryrun",
    "HTTPError": "errors",
    "NangoAction": "_sdk",
    "NangoSync": "_sdk",
    "NangonbError": "errors",
    "Response": "_sdk",
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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'nangonb' has no attribute {name!r}")
    home = _HOMES.get(name, f"_verbs.{name}")  # a verb is in the module of its name
    return getattr(importlib.import_module(f"nangonb.{home}"), name)


def __dir__() -> list[str]:
    return __all__


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext nangonb``"""
    from nangonb._jupyter import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext nangonb``"""
    from nangonb._jupyter import unload

    unload(shell)
