"""Operations: apply the row of the table for the operands, or refuse."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.refusals import refuse
from nangonb._translate.table import TABLE, apply


def operation(
    t: FunctionTranslator, node: ast.AST, name: str, operands: Sequence[Expr], *, what: str = ""
) -> Expr:
    """Apply the row of the table. Raises Refused if there is none."""
    row = TABLE.find(name, operands)
    if row is None:
        kinds = ", ".join(str(operand.type) for operand in operands)
        known = name in TABLE.rows
        message = f"{what or f'`{name}`'} is not supported" + (
            f" for ({kinds})." if known and operands else "."
        )
        raise refuse(node, "operator" if not what else "unknown-call", message)
    return apply(row, t, node, operands)  # type: ignore[arg-type]


def text_of(t: FunctionTranslator, node: ast.AST, value: Expr) -> Expr:
    """``str(value)``."""
    return operation(t, node, "str", [value])
