"""The notebook: magics, picker, progress and completion. The only package that knows IPython."""

from __future__ import annotations

from typing import Any

_LOADED = "_nangonb_extension"


def load(shell: Any) -> None:
    """Register everything with ``shell``, and say which Nango this talks to. Loading twice does no more."""
    from nangonb._jupyter.extension import Extension

    if getattr(shell, _LOADED, None) is None:
        setattr(shell, _LOADED, Extension(shell))


def unload(shell: Any) -> None:
    """Take everything back. What is declared stays with the session."""
    extension = getattr(shell, _LOADED, None)
    if extension is not None:
        extension.unload()
        delattr(shell, _LOADED)
