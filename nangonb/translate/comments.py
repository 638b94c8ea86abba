"""Comments and blank lines of a script, kept where they stand."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence

from nangonb.translate.code import Line


class Comments:
    def __init__(self, text: str) -> None:
        self._alone: dict[int, str] = {}
        self._beside: dict[int, str] = {}
        self._lines = text.splitlines()
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and not token.string.startswith("#|"):
                row, column = token.start
                alone = not self._lines[row - 1][:column].strip()
                (self._alone if alone else self._beside)[row] = "// " + token.string.lstrip("#! ").rstrip()
        self._given: set[int] = set()

    def above(self, node: ast.stmt) -> list[Line]:
        """Comments that stand directly above a statement."""
        row, found = node.lineno - 1, []
        while row in self._alone:
            found.append(Line(self._alone[row].rstrip(), row))
            row -= 1
        return found[::-1]

    def before(self, node: ast.stmt, lines: Sequence[Line]) -> list[Line]:
        """Comments above a statement, and one blank line where there is one and something stands before."""
        found = self.above(node)
        top = node.lineno - len(found) - 1
        blank = bool(lines) and top >= 1 and not self._lines[top - 1].strip()
        return [Line(""), *found] if blank else found

    def beside(self, node: ast.stmt, lines: list[Line]) -> list[Line]:
        """The comment on the line of a statement, at the end of its first line."""
        comment = self._beside.get(node.lineno)
        if comment is None or not lines:
            return lines
        first = lines[0]
        if first.text.endswith("{") and len(lines) > 1:  # where a block opens, it stands in the block
            return [first, Line(comment, first.source, first.depth + 1), *lines[1:]]
        return [Line(f"{first.text} {comment}", first.source, first.depth), *lines[1:]]
