"""The table: (operation, operand types) → emission. An absent row is a refusal.

The documentation of the translator and its generated tests are derived from it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nangonb._translate.code import CALL, PRIMARY, Expr
from nangonb._translate.types import Type

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

Result = Type | Callable[[Sequence[Expr]], Type]
Emit = Callable[["FunctionTranslator", ast.expr, Sequence[Expr]], Expr]


@dataclass(frozen=True, slots=True)
class Row:
    """A translation of one operation.

    ``operation`` is ``len``, ``str.split``, ``+`` …; ``operands`` are the types, a method's receiver first.
    ``emission`` is a template or a function. In a template, ``{0}`` is an operand as an argument,
    ``{0:CALL}`` one that must bind as tightly as a call, and names of helpers add the helpers. ``throws`` is
    the template for code below a handler that may catch Python's errors.
    """

    operation: str
    operands: tuple[Type, ...]
    result: Result
    emission: str | Emit
    prec: int = CALL
    throws: str = ""
    pure: bool = False
    note: str = ""
    example: str = ""


@dataclass
class Table:
    rows: dict[str, list[Row]] = field(default_factory=dict)
    keywords: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, operation: str, *alternatives: tuple[Any, ...] | Row, keywords: Sequence[str] = ()) -> None:
        """Add rows of one operation. ``keywords`` names its arguments in order, if Python allows keywords."""
        for each in alternatives:
            row = each if isinstance(each, Row) else Row(operation, *each)
            self.rows.setdefault(operation, []).append(row)
        if keywords:
            self.keywords[operation] = tuple(keywords)

    def first(self, operation: str, row: tuple[Any, ...]) -> None:
        """Add a row before the existing ones."""
        self.rows.setdefault(operation, []).insert(0, Row(operation, *row))

    def find(self, operation: str, operands: Sequence[Expr]) -> Row | None:
        """Return the first row whose operand types match."""
        for row in self.rows.get(operation, ()):
            if len(row.operands) == len(operands) and all(
                operand.type.fits(wanted) for operand, wanted in zip(operands, row.operands, strict=True)
            ):
                return row
        return None


TABLE = Table()

_PLACE = re.compile(r"\{(\d)(?::(\w+))?\}")


def fill(template: str, operands: Sequence[Expr]) -> str:
    """Return the template with its operands, parenthesised as needed."""
    from nangonb._translate import code

    def place(match: re.Match[str]) -> str:
        level = getattr(code, match[2]) if match[2] else code.ARROW
        text = operands[int(match[1])].at(level)
        signed = match.start() > 0 and template[match.start() - 1] == "-" and text.startswith("-")
        return f"({text})" if signed else text

    return _PLACE.sub(place, template)


def apply(row: Row, translator: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    """Return the expression of ``row`` for ``operands``."""
    if not isinstance(row.emission, str):
        return row.emission(translator, node, operands)
    template = row.throws if row.throws and translator.catching else row.emission
    kind = row.result if isinstance(row.result, Type) else row.result(operands)
    translator.use_helpers(template)
    awaits = any(operand.awaits for operand in operands)
    prec = PRIMARY if template.startswith("`") else row.prec
    return Expr(
        fill(template, operands), kind, prec, awaits=awaits, pure=row.pure and all(o.pure for o in operands)
    )
