"""Pieces of TypeScript: expressions with their precedence, lines with their source lines."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nangonb._translate.types import ANY, Type

WIDTH = 110
INDENT = "    "

# JavaScript's precedences, from loosest to tightest.
ARROW, TERNARY, NULLISH, OR, AND, EQUALITY, RELATION, ADD, MULTIPLY, POWER, UNARY, CALL, PRIMARY = range(13)


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression in TypeScript, and the type of its value.

    ``literal`` is the Python value of a literal. ``pure`` expressions can be repeated: names, literals and
    their fields. ``awaits``: it contains ``await``. ``name`` is the variable, if the expression is one.
    """

    code: str
    type: Type = ANY
    prec: int = PRIMARY
    literal: Any = field(default=None, compare=False)
    is_literal: bool = False
    pure: bool = False
    awaits: bool = False
    name: str | None = None

    def at(self, prec: int) -> str:
        """Return the code, in parentheses where it binds less tightly than ``prec``."""
        if (
            self.prec < prec
            or (prec == NULLISH and self.prec in (OR, AND))
            or (prec in (OR, AND) and self.prec == NULLISH)
        ):
            if "\n" in self.code and self.code.startswith("await "):
                return f"(\n{INDENT}{shifted(self.code)}\n)"
            return f"({self.code})"
        return self.code


def negated(value: Expr) -> str:
    """Return ``-value``. Two signs in a row would be one operator."""
    text = value.at(UNARY)
    return f"-({text})" if text.startswith("-") else f"-{text}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output, without the indentation of its block, and its line in the cell."""

    text: str
    source: int | None = None
    depth: int = 0


def lines_of(text: str, node: ast.AST) -> list[Line]:
    """Return the lines of a statement, with the line of its node as their source."""
    source = getattr(node, "lineno", None)
    return [Line(line, source) for line in text.split("\n")]


def alone(value: Expr, node: ast.AST) -> list[Line]:
    """Return an expression as a statement. At the start of a statement a brace would open a block."""
    return lines_of(f"({value.code});" if value.code.startswith("{") else f"{value.code};", node)


def indented(lines: Sequence[Line]) -> list[Line]:
    return [Line(line.text, line.source, line.depth + 1) for line in lines]


def shifted(code: str) -> str:
    """Return code with all lines but the first indented by one more level."""
    return code.replace("\n", "\n" + INDENT)


def string(value: str) -> str:
    """Return a string literal in single quotes, as prettier writes it."""
    quoted = json.dumps(value, ensure_ascii=False)[1:-1].replace('\\"', '"')
    quoted = quoted.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    quoted = re.sub(r"[\ud800-\udfff]", lambda m: f"\\u{ord(m[0]):04x}", quoted)
    if "'" in quoted and '"' not in quoted:
        return f'"{quoted}"'
    return "'" + quoted.replace("'", "\\'") + "'"


def is_identifier(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z_$][\w$]*", name, re.ASCII) is not None


def key(name: str) -> str:
    """Return a property name for an object literal."""
    return name if is_identifier(name) else string(name)


def pair(name: str, value: Expr) -> str:
    """Return a property of an object literal: ``name`` alone if the value is the variable of that name."""
    if value.code == name and value.name is not None:
        return name
    return f"{key(name)}: {value.at(TERNARY)}"


def member(target: str, name: str) -> str:
    return f"{target}.{name}" if is_identifier(name) else f"{target}[{string(name)}]"


def bracketed(opening: str, parts: Sequence[str], closing: str, *, space: str = "") -> str:
    """Return ``{ a, b }`` on one line if it fits, else with one part per line."""
    if not parts:
        return opening + closing
    line = f"{opening}{space}{', '.join(parts)}{space}{closing}"
    if len(line) <= WIDTH - 20 and "\n" not in line:
        return line
    inner = ",\n".join(INDENT + shifted(part) for part in parts)
    return f"{opening}\n{inner}\n{closing}"


def object_literal(parts: Sequence[str]) -> str:
    if len(parts) > 3:  # an object with many fields is more readable with one per line
        inner = ",\n".join(INDENT + shifted(part) for part in parts)
        return f"{{\n{inner}\n}}"
    return bracketed("{", parts, "}", space=" ")


def array_literal(parts: Sequence[str]) -> str:
    return bracketed("[", parts, "]")


def call(function: str, arguments: Sequence[str]) -> str:
    """Return a call. An object or function as last argument starts on the line of the parenthesis."""
    line = f"{function}({', '.join(arguments)})"
    if "\n" not in line and len(line) <= WIDTH:
        return line
    if all("\n" not in argument for argument in arguments[:-1]):
        return line
    inner = ",\n".join(INDENT + shifted(argument) for argument in arguments)
    return f"{function}(\n{inner}\n)"
