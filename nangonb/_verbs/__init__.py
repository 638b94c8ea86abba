"""The verbs: one module each, with the function that is the magic, the command and the Python function.

Where to look: a verb is in the module of its function's name. ``verb`` says what a verb is and reads its
options from the signature, ``options`` are those of several verbs, ``commands`` is what commands share.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from nangonb._verbs.verb import REGISTERED, Verb

__all__ = ["Verb", "verbs"]


@functools.cache
def verbs() -> Mapping[str, Verb]:
    """Every verb by name, sorted."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(REGISTERED.items()))
