"""Comments, docstrings and blank lines of a script, which keep their positions."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence

from nangonb._translate.code import WIDTH, Line

#: Directives for Python's tools.
_PRAGMA = re.compile(r"(noqa|type:|fmt:|pragma:|pylint:|ruff:|mypy:|pyright:|isort:)")
#: A line that opens a block without a statement of its own.
_BRANCH = re.compile(r"\s*(else|finally|try|elif\b.*|except\b.*)\s*:\s*(#.*)?")


class Comments:
    def __init__(self, text: str) -> None:
        self._alone: dict[int, tuple[int, str]] = {}  # row → column and text
        self._beside: dict[int, str] = {}
        self._lines = text.splitlines()
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type != tokenize.COMMENT or token.string.startswith("#|"):
                continue
            said = token.string.lstrip("#! ").rstrip()
            if _PRAGMA.match(said):
                continue
            row, column = token.start
            shown = f"// {said}".rstrip()
            if self._lines[row - 1][:column].strip():
                self._beside[row] = shown
            else:
                self._alone[row] = (column, shown)

    def above(self, node: ast.stmt) -> list[Line]:
        """Return the comments between a statement and the code before it, with their blank lines."""
        row, found = node.lineno - 1, []
        while row >= 1:
            column, text = self._alone.get(row, (0, ""))
            if text and column > node.col_offset:
                break  # the end of a block before it
            if text:
                found.append(Line(text, row))
            elif self._is_blank(row):
                found.append(Line(""))
            else:
                if row in self._beside and _BRANCH.fullmatch(self._lines[row - 1]):
                    found.append(Line(self._beside[row], row))
                break
            row -= 1
        while found and not found[-1].text:
            found.pop()
        if not any(line.text for line in found):
            return []
        return found[::-1]

    def before(self, node: ast.stmt, lines: Sequence[Line]) -> list[Line]:
        """Return the comments above a statement, and one blank line if there is one after other code."""
        found = self.above(node)
        first = next((line.source for line in found if line.source is not None), node.lineno)
        blank = bool(lines) and first >= 2 and self._is_blank(first - 1)
        return [*([Line("")] if blank else []), *found, *self._inside(node)]

    def beside(self, node: ast.stmt, lines: list[Line]) -> list[Line]:
        """Add the comment on the line of a statement to the end of its first line."""
        comment = self._beside.get(node.lineno)
        if comment is None or not lines:
            return lines
        first = lines[0]
        if first.text.endswith("{") and len(lines) > 1:  # a comment of an opening line goes into the block
            return [first, Line(comment, first.source, first.depth + 1), *lines[1:]]
        if len(first.text) + len(comment) > WIDTH - 20 or len(lines) > 1:
            return [Line(comment, first.source, first.depth), *lines]
        return [Line(f"{first.text} {comment}", first.source, first.depth), *lines[1:]]

    def after(self, node: ast.stmt) -> list[Line]:
        """Return the comments at the end of the block whose last statement is ``node``."""
        row, found = (node.end_lineno or node.lineno) + 1, []
        while row <= len(self._lines):
            column, text = self._alone.get(row, (0, ""))
            if text and column >= node.col_offset > 0:
                found.append(Line(text, row))
            elif self._is_blank(row):
                found.append(Line(""))
            else:
                break
            row += 1
        while found and not found[-1].text:
            found.pop()
        return found

    def of_function(self, node: ast.FunctionDef) -> list[Line]:
        """Return the comments above a function and in its head, and its docstring."""
        beside = [Line(self._beside[node.lineno], node.lineno)] if node.lineno in self._beside else []
        return [*self.above(node), *beside, *self._inside(node)]

    def of_file(self, tree: ast.Module) -> list[Line]:
        """Return the docstring of the file, and the comments above it and above imports."""
        found: list[Line] = []
        for node in tree.body:
            if isinstance(node, ast.Expr) and node is tree.body[0]:
                found += [*self.above(node), *documentation(tree)]
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found += self.above(node)
        while found and not found[-1].text:
            found.pop()
        return found

    def _inside(self, node: ast.stmt) -> list[Line]:
        """Return the comments on further lines of a statement or block head, to place them above it."""
        rows = range(node.lineno, _end_of_head(node) + 1)
        return [
            Line(self._alone[row][1] if row in self._alone else self._beside[row], row)
            for row in rows
            if row in self._alone or (row in self._beside and row > node.lineno)
        ]

    def _is_blank(self, row: int) -> bool:
        return not self._lines[row - 1].strip()


def _end_of_head(node: ast.stmt) -> int:
    match node:
        case ast.If(test=head) | ast.While(test=head) | ast.For(iter=head):
            return head.end_lineno or node.lineno
        case ast.FunctionDef(args=arguments, returns=returns):
            parts = [each for each in ast.walk(arguments) if isinstance(each, ast.expr | ast.arg)]
            ends = [each.end_lineno or 0 for each in (*parts, returns) if each is not None]
            return max([node.lineno, *ends])
        case ast.Try() | ast.With() | ast.ClassDef():
            return node.lineno
    return node.end_lineno or node.lineno


def documentation(node: ast.FunctionDef | ast.Module) -> list[Line]:
    """Return the docstring as a JSDoc comment."""
    text = ast.get_docstring(node)
    if not text or not text.strip():
        return []
    said = [line.rstrip() for line in text.strip().replace("*/", "*\\/").splitlines()]
    source = node.body[0].lineno
    if len(said) == 1:
        return [Line(f"/** {said[0]} */", source)]
    return [Line("/**", source), *(Line(f" * {line}".rstrip(), source) for line in said), Line(" */", source)]
