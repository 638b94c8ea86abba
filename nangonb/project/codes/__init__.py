"""Every code that a Problem can have: one entry each, in the module of its section.

``CODES`` has them by name. The numbers of the TypeScript compiler (``ts-2305``) share the entry ``ts-NNNN``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from nangonb.project.codes import (
    declaring,
    deploying,
    dry_runs,
    folders,
    nango_yaml,
    scripts,
    translation,
    typescript,
)
from nangonb.project.codes.code import Code, Severity

CODES: Final[Mapping[str, Code]] = {
    code.name: code
    for section in (
        declaring,
        scripts,
        typescript,
        dry_runs,
        deploying,
        folders,
        nango_yaml,
        translation,
    )
    for code in section.CODES
}

_COMPILER: Final = re.compile(r"ts-\d+")


def code_of(name: str) -> Code:
    """The entry of a code. A code without an entry is a mistake in the caller: KeyError."""
    return CODES["ts-NNNN" if _COMPILER.fullmatch(name) else name]


__all__ = ["CODES", "Code", "Severity", "code_of"]
