"""Translation of Python scripts to TypeScript for Nango. Unsupported constructs are problems."""

from nangonb._translate.expressions import EXPRESSIONS, register
from nangonb._translate.helpers import Helper
from nangonb._translate.modules import Modules
from nangonb._translate.single_file import SingleFile, single_file
from nangonb._translate.translation import (
    Translation,
    translate,
    translate_module,
    zero_style,
)
from nangonb._translate.wrapped_file import FOLDER as WRAPPED

EXPRESSIONS.update(register())

__all__ = [
    "WRAPPED",
    "Helper",
    "Modules",
    "SingleFile",
    "Translation",
    "single_file",
    "translate",
    "translate_module",
    "zero_style",
]
