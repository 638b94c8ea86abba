"""How the translator rejects a construct. The codes are entries of ``nangonb._project.codes``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from nangonb._project.codes import CODES, Code


class Refused(Exception):
    """An unsupported construct, at ``node``. The entry of the code has the defaults."""

    def __init__(self, node: ast.AST, code: Code, message: str = "", instead: str = "") -> None:
        super().__init__(message or code.title)
        self.node = node
        self.code = code.name
        self.message = message or code.title
        self.instead = instead or code.fix


def refuse(node: ast.AST, code: str, message: str = "", instead: str = "") -> Refused:
    """``code`` without its ``ts-``."""
    return Refused(node, CODES[f"ts-{code}"], message, instead)


def bug(node: ast.AST, error: Exception) -> Refused:
    """The refusal of what the translator fails at."""
    if isinstance(error, RecursionError):
        return refuse(node, "expression", "This is nested too deeply, or is too long.")
    reason = CODES["ts-bug"].title.removesuffix(".")
    return refuse(node, "bug", f"{reason} ({type(error).__name__}).")


@contextmanager
def refusing_bugs(node: ast.AST) -> Iterator[None]:
    """An error of the translator becomes a refusal at ``node``."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        raise bug(node, error) from error
