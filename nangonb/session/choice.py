"""The connections of an environment, and which of them dry runs use."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nangonb.render import Shown, plural

if TYPE_CHECKING:
    from nangonb.nango import Connection
    from nangonb.session.connecting import Connecting

NO_CONNECTION: Final = (
    "Make a connection in Nango (Connections › Add connection), or let a user of your app connect."
)
_NO_CONNECTIONS: Final = f"There are no connections in {{0}}. {NO_CONNECTION}"


@dataclass(repr=False)
class ConnectionChoice(Shown):
    """The connections of an environment. :meth:`select` selects one for its integration.

    ``integration_id`` and ``search`` narrow what is shown. In a notebook it shows itself as a picker,
    where widgets render. ``script`` is what a command was given before the connection, and ``verb`` is the
    command.
    """

    session: Connecting
    environment: str
    target: str
    connections: Sequence[Connection]
    integration_id: str | None = None
    search: str = ""
    pasted: str = ""
    script: str = ""
    verb: str = "dryrun"

    @property
    def found(self) -> list[Connection]:
        """Those of the integration that match the search."""
        words = self.search.lower().split()
        return [
            connection
            for connection in self.connections
            if self.integration_id in (None, connection.provider_config_key) and _matches(connection, words)
        ]

    @property
    def selected(self) -> Connection | None:
        """The selected connection of the integration; of all integrations, the one selected last."""
        there = {(c.provider_config_key, c.connection_id): c for c in self.connections}
        for key in reversed(self.session.selection(self.environment).items()):
            if key in there and self.integration_id in (None, key[0]):
                return there[key]
        return None

    def line(self, connection: Connection) -> str:
        """The line that selects this connection; for a command, the one that runs a script on it."""
        same_id = [c for c in self.connections if c.connection_id == connection.connection_id]
        words = ["%nango_connection", shlex.quote(connection.connection_id)]
        if self.session.door == "command":
            sources = [shlex.quote(source) for source in self.session.named_sources[:1]]
            if self.verb == "dryrun":  # the one that cannot do without
                sources = sources or ["SOURCE"]
            script = shlex.quote(self.script) if self.script else "NAME"
            words = [f"nangonb {self.verb}", *sources, script, words[1]]
        if len(same_id) > 1:
            words += ["--integration-id", shlex.quote(connection.provider_config_key)]
        if self.environment != self.session.config.usual_environment:
            words += ["-e", shlex.quote(self.environment)]
        return " ".join(words)

    def select(self, connection: Connection) -> str:
        """Select it for its integration. Returns the line that does the same."""
        self.session.select(self.environment, connection)
        return self.line(connection)

    def text(self, head: str | None = None) -> str:
        from nangonb.render import connections_text

        said = self._said() if head is None else {"head": head}
        return connections_text(*self._rows(), **said)

    def html(self) -> str:
        from nangonb.render import connections_html

        return connections_html(*self._rows(), **self._said())

    def _rows(self) -> tuple[list[Connection], list[str]]:
        found = self.found
        return found, [self.line(connection) for connection in found]

    def _said(self) -> dict[str, Any]:
        chosen = self.selected
        paste = self.pasted if chosen is not None and self.pasted == self.line(chosen) else ""
        selection = self.session.selection(self.environment)
        marked = [c for c in self.connections if selection.get(c.provider_config_key) == c.connection_id]
        if not self.connections:
            head = _NO_CONNECTIONS.format(self.target)
        elif self.search and not self.found:
            head = f"No connection matches {self.search!r}."
        elif self.session.door == "command":
            head = f"{self.target} · {plural(len(self.found), 'connection')}. A dry run on one of them:"
        elif chosen is None:
            for_it = f" for {self.integration_id}" if self.integration_id else ""
            head = f"{self.target} · no connection is selected{for_it}. Each line selects one:"
        else:
            head = f"{self.target} · {chosen.connection_id} is selected for {chosen.provider_config_key}."
            if paste:
                head += " The line that does it:"
        return {"selected": marked, "head": head, "paste": paste}

    def _ipython_display_(self) -> None:
        if self.session.front is None:
            raise NotImplementedError  # IPython then takes the MIME bundle
        self.session.front.show_choice(self)


def _matches(connection: Connection, words: list[str]) -> bool:
    parts = [connection.connection_id, connection.provider_config_key, connection.provider]
    parts += [str(value) for value in connection.tags.values()]
    parts += [str(value) for value in (connection.end_user or {}).values()]
    text = " ".join(parts).lower()
    return all(word in text for word in words)
