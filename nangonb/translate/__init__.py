"""Translation of Python scripts to TypeScript for Nango. Unsupported constructs are problems."""

from nangonb.translate.expressions import EXPRESSIONS, register
from nangonb.translate.helpers import Helper
from nangonb.translate.modules import Modules
from nangonb.translate.single_file import SingleFile, single_file
from nangonb.translate.translation import (
    Translation,
    translate,
    translate_module,
    zero_style,
)
from nangonb.translate.wrapped_file import FOLDER as WRAPPED

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
