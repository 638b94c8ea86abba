"""What verbs return: objects that show themselves in a notebook, in a terminal and in a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nangonb.project import Problem, Project, Script

if TYPE_CHECKING:
    from nangonb.nango import Connection


class Shown:
    """Something with a text form and an HTML form."""

    def text(self) -> str:
        raise NotImplementedError

    def html(self) -> str:
        from nangonb.render import escape, page

        return page(f"<pre>{escape(self.text())}</pre>")

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self.text(), "text/html": self.html()}


@dataclass(frozen=True, repr=False)
class Declared(Shown):
    """What one cell declared, and the problems that stand in it."""

    summary: str
    problems: tuple[Problem, ...] = ()

    def text(self) -> str:
        from nangonb.render import problems_text

        return "\n".join([self.summary, *([problems_text(self.problems)] if self.problems else [])])

    def html(self) -> str:
        from nangonb.render import escape, page, problems_html

        shown = page(f"<div>{escape(self.summary)}</div>")
        return shown + (problems_html(self.problems) if self.problems else "")


@dataclass(frozen=True, repr=False)
class Check(Shown):
    """Everything declared, with its problems."""

    project: Project
    scripts: tuple[Script, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not any(problem.severity == "error" for problem in self.problems)

    def text(self) -> str:
        from nangonb.render import problems_text, table_text

        parts = [table_text(_COLUMNS, self._rows())] if self.scripts else ["No scripts are declared."]
        parts.append(problems_text(self.problems) if self.problems else "No problems.")
        return "\n\n".join(parts)

    def html(self) -> str:
        from nangonb.render import escape, page, problems_html, table_html

        table = (
            table_html(_COLUMNS, self._rows())
            if self.scripts
            else page("<div>No scripts are declared.</div>")
        )
        return table + (problems_html(self.problems) if self.problems else page(escape("No problems.")))

    def _rows(self) -> list[list[Any]]:
        return [
            [
                s.integration or "–",
                s.kind,
                s.name,
                s.config.runs or "",
                ", ".join(s.config.output),
                s.source.label,
            ]
            for s in self.scripts
        ]


_COLUMNS = ["integration", "kind", "name", "runs", "output", "declared in"]


@dataclass(frozen=True, repr=False)
class Forgotten(Shown):
    """What was withdrawn."""

    labels: tuple[str, ...]

    def text(self) -> str:
        return f"Forgotten: {', '.join(self.labels)}"


@dataclass(repr=False)
class ConnectionChoice(Shown):
    """The connections of an environment, and the selected one. ``select`` selects another.

    In a notebook it shows itself as a picker, where widgets render.
    """

    session: Any
    environment: str
    target: str
    connections: Sequence[Connection]
    integration_id: str | None = None
    selected: Connection | None = None
    _front: Any = field(default=None)

    def line(self, connection: Connection) -> str:
        """The line that selects this connection."""
        several = (
            len(
                {
                    c.provider_config_key
                    for c in self.connections
                    if c.connection_id == connection.connection_id
                }
            )
            > 1
        )
        words = ["%nango_connection", _quoted(connection.connection_id)]
        if several:
            words += ["--integration-id", _quoted(connection.provider_config_key)]
        if self.environment not in ("sandbox", self.session.config.default_environment):
            words += ["-e", self.environment]
        return " ".join(words)

    def select(self, connection: Connection) -> str:
        """Select it for its integration. Returns the line that does the same."""
        self.session.select(self.environment, connection)
        self.selected = connection
        return self.line(connection)

    def text(self) -> str:
        from nangonb.render import connections_text

        return "\n".join([self._said(), *([connections_text(*self._rows())] if self.connections else [])])

    def html(self) -> str:
        from nangonb.render import connections_html, escape, page

        said = page(f"<div>{escape(self._said())}</div>")
        return said + (connections_html(*self._rows()) if self.connections else "")

    def _said(self) -> str:
        if not self.connections:
            return f"{self.target}: {_NO_CONNECTIONS}"
        chosen = self.selected
        if chosen is None:
            return f"{self.target}: select one."
        return f"{self.target}: {chosen.connection_id} is selected for {chosen.provider_config_key}."

    def _rows(self) -> tuple[Sequence[Connection], list[str]]:
        return self.connections, [self.line(connection) for connection in self.connections]

    def _ipython_display_(self) -> None:
        if self._front is None:
            raise NotImplementedError  # IPython then takes the MIME bundle
        self._front.show_choice(self)


_NO_CONNECTIONS = (
    "there are no connections. Make one in Nango (Connections › Add connection), "
    "or let a user of your app connect."
)


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)
