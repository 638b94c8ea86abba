"""A script in Python and in TypeScript, side by side; and what cannot be carried over, as warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nangonb._project import Layout, Problem, Project, Script
from nangonb._render import HELPERS_TITLE, Displayable, Numbered

if TYPE_CHECKING:
    from nangonb._translate import Helper


@dataclass(frozen=True, repr=False)
class Translated(Displayable):
    """``code`` is the TypeScript file ``path``; ``lines`` maps its lines to those of the Python.

    ``problems`` are what cannot be carried over, each at its Python line; ``helpers`` the small functions
    at the end of the file, each with why it is there.
    """

    path: str
    layout: str
    python: str
    code: str
    lines: Mapping[int, int]
    helpers: tuple[Helper, ...] = ()
    problems: tuple[Problem, ...] = ()
    first_line: int = 1

    @property
    def ok(self) -> bool:
        return not self.problems

    def rows(self) -> Iterator[tuple[Numbered, Numbered]]:
        """Lines of both sides, those that belong together in one row."""
        python = self.python.splitlines()
        shown = self.first_line - 1
        last = shown + len(python)

        def take() -> Numbered:
            nonlocal shown
            shown += 1
            return shown, python[shown - self.first_line]

        for number, line in enumerate(self.code.splitlines(), 1):
            wanted = min(self.lines.get(number, 0), last)
            while shown < wanted - 1:
                yield take(), None
            yield (take() if shown < wanted else None), (number, line)
        while shown < last:
            yield take(), None

    def text(self) -> str:
        from nangonb._render import problems_text

        if not self.python:
            return f"// {self.path}\n{self.code.rstrip()}"
        parts = [f"# Python\n{self.python.rstrip()}"]
        if self.ok:
            parts.append(f"// {self.path}\n{self.code.rstrip()}")
            parts += ["\n".join(self._reasons())] if self.helpers else []
        else:
            parts.append(problems_text(self.problems))
        return "\n\n".join(parts)

    def html(self) -> str:
        from nangonb._render import escape, page, problems_html, side_by_side_html

        if not self.python:
            return page(f"<pre>{escape(self.text())}</pre>")
        if not self.ok:
            return page(f"<pre>{escape(self.python)}</pre>") + problems_html(self.problems)
        first = self._first_helper()
        rows = [row for row in self.rows() if first is None or row[1] is None or row[1][0] < first]
        lines = self.code.splitlines(keepends=True)
        return side_by_side_html(
            rows,
            titles=("Python", self.path),
            helpers=[(helper.name, helper.why) for helper in self.helpers],
            helper_code="" if first is None else "".join(lines[first - 1 :]),
        )

    def _first_helper(self) -> int | None:
        """The line of the TypeScript at which its helpers begin."""
        heads = tuple(f"// {helper.name}: " for helper in self.helpers)
        last = max(self.lines, default=0)
        for number, line in enumerate(self.code.splitlines(), 1):
            if number > last and heads and line.startswith(heads):
                return number
        return None

    def _reasons(self) -> Iterator[str]:
        if self.helpers:
            yield HELPERS_TITLE
        for helper in self.helpers:
            yield f"  {helper.name}: {helper.why}"


def translated(project: Project, script: Script, layout: Layout) -> Translated:
    """The translation of one script; of one in TypeScript, its text."""
    from nangonb._translate import translate

    if script.language == "typescript":
        return Translated(f"{script.file}.ts", layout.name, "", script.source.body, {})
    done = translate(project, script, layout)
    return Translated(
        f"{script.key}.ts",
        layout.name,
        script.source.body,
        done.code,
        done.lines,
        done.helpers,
        done.problems,
        script.source.offset + 1,
    )


def may_come_later(problem: Problem) -> bool:
    """Whether a cell that is not run yet may mend it."""
    return problem.code in ("ts-module", "ts-model")
