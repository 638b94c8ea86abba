"""What an export did, or would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nangonb._export.plan import State
from nangonb._project import Problem
from nangonb._render import Displayable


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder and what became of it. ``reason`` explains a state that is no plain success."""

    path: str
    state: State
    reason: str = ""


@dataclass(frozen=True, repr=False)
class ExportResult(Displayable):
    """``entries`` are sorted by path; where ``written`` is False they say what would happen.

    ``diff`` is a unified diff of all changes, empty unless it was asked for. ``next`` are lines that say
    what to do with the folder.
    """

    folder: str
    layout: str
    entries: tuple[Entry, ...]
    written: bool = True
    diff: str = ""
    problems: tuple[Problem, ...] = ()
    next: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Files that are there after the export."""
        return tuple(entry.path for entry in self.entries if entry.state != "removed")

    @property
    def removed(self) -> tuple[str, ...]:
        return self._of("removed")

    @property
    def orphaned(self) -> tuple[str, ...]:
        """Files that we wrote earlier and no longer produce; ``prune`` removes them."""
        return self._of("orphaned")

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(entry.path for entry in self.entries if entry.state in ("created", "updated", "removed"))

    def _of(self, state: State) -> tuple[str, ...]:
        return tuple(entry.path for entry in self.entries if entry.state == state)

    def tree(self) -> str:
        """The folder as text, one file a line, with what became of each."""
        lines = [f"{self.folder.rstrip('/')}/"]
        root: dict[str, Any] = {}
        for entry in self.entries:
            here = root
            *folders, name = entry.path.split("/")
            for folder in folders:
                here = here.setdefault(folder, {})
            here[name] = entry
        _draw(root, "", lines)
        return "\n".join(lines)

    def text(self) -> str:
        from nangonb._render import problems_text

        if self.diff:
            return self.diff
        problems = [problems_text(self.problems)] if self.problems else []
        if self._is_up_to_date:
            return "\n".join([self._up_to_date, *problems])
        return "\n".join([self.tree(), *problems, *self._remarks()])

    def html(self) -> str:
        from nangonb._render import escape, page, problems_html

        if self.diff:
            return page(f"<pre>{escape(self.diff)}</pre>")
        problems = problems_html(self.problems) if self.problems else ""
        if self._is_up_to_date:
            return page(escape(self._up_to_date)) + problems
        remarks = "".join(f'<div class="n-muted">{escape(line)}</div>' for line in self._remarks())
        return page(f"<pre>{escape(self.tree())}</pre>") + problems + (page(remarks) if remarks else "")

    @property
    def _is_up_to_date(self) -> bool:
        """Whether an export that was only tried out has nothing to do."""
        return not self.written and all(entry.state in ("unchanged", "kept") for entry in self.entries)

    @property
    def _up_to_date(self) -> str:
        from nangonb._render import plural

        return f"{self.folder} is up to date: {plural(len(self.paths), 'file')}, layout {self.layout}."

    def _remarks(self) -> list[str]:
        gone = ", ".join(self.orphaned)
        left = [f"No longer exported: {gone}. --prune removes what is unchanged."] if gone else []
        return [*left, *self.next]

    def as_dict(self) -> dict[str, Any]:
        """The public JSON form."""
        return {
            "schema": 1,
            "folder": self.folder,
            "layout": self.layout,
            "written": self.written,
            "files": [
                {"path": entry.path, "state": entry.state, "reason": entry.reason} for entry in self.entries
            ],
            "diff": self.diff,
            "problems": [problem.as_dict() for problem in self.problems],
        }


def _draw(folder: dict[str, Any], indent: str, lines: list[str]) -> None:
    # files first, then folders, each by name: a folder reads from its top down
    names = sorted(folder, key=lambda name: (isinstance(folder[name], dict), name))
    for name in names:
        last = name == names[-1]
        child = folder[name]
        branch = "└── " if last else "├── "
        if isinstance(child, dict):
            lines.append(f"{indent}{branch}{name}/")
            _draw(child, indent + ("    " if last else "│   "), lines)
        else:
            said = "" if child.state == "unchanged" else f"  {child.state}"
            if child.state in ("kept", "orphaned") and child.reason:
                said += f" ({child.reason})"
            lines.append(f"{indent}{branch}{name}{said}")
