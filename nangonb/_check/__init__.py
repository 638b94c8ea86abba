"""Checks of scripts before they run: lints, errors of translation and layout, types."""

from nangonb._check.problems import cell_problems, problems, uncompiled_problems
from nangonb._check.typescript import NOT_COMPILED, not_compiled, unchecked
from nangonb._check.typescript_slips import slips

__all__ = [
    "NOT_COMPILED",
    "cell_problems",
    "not_compiled",
    "problems",
    "slips",
    "unchecked",
    "uncompiled_problems",
]
