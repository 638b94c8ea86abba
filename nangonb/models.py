"""The models that nango.yaml declares: ``from nangonb.models import Contact``.

In a script, the names are resolved from its project, afresh for every run. Elsewhere (a cell of the
notebook, a Python file) they are those of the current session. Type checkers see ``Any``; the layout
``python`` of an export writes the real ones to ``models.py`` beside the scripts.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    from nangonb._scripts.python import model_types
    from nangonb._session import current

    return getattr(model_types(current().project), name)
