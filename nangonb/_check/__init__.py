"""Checks of scripts before they run: lints, errors of translation and layout, types.

``typescript`` has the compiler, and imports what runs Node.js.
"""

from nangonb._check.problems import cell_problems, problems, uncompiled_problems
from nangonb._check.typescript_slips import slips

__all__ = [
    "cell_problems",
    "problems",
    "slips",
    "uncompiled_problems",
]
