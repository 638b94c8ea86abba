"""Showing a MIME bundle, and changing it in place."""

from __future__ import annotations

from typing import Any


def show(bundle: dict[str, str]) -> Any:
    """Display ``bundle``. Returns a handle whose ``update(bundle, raw=True)`` replaces it."""
    from IPython.display import display

    return display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]


def new_handle() -> Any:
    """A handle as that of :func:`show`, for what is shown later: ``display(bundle, raw=True)``."""
    from IPython.display import DisplayHandle

    return DisplayHandle()  # type: ignore[no-untyped-call]


def show_object(value: object) -> None:
    from IPython.display import display

    display(value)  # type: ignore[no-untyped-call]
