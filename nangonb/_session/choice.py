"""The connections of an environment, and which of them dry runs use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nangonb._render import Displayable, plural
from nangonb._session.lines import Lines

if TYPE_CHECKING:
    from nangonb._nango import Connection

NO_CONNECTION: Final = (
    "Make a connection in Nango (Connections › Add connection), or let a user of your app connect."
)
_NO_CONNECTIONS: Final = f"There are no connections in {{0}}. {NO_CONNECTION}"


class Selection:
    """The connection that dry runs use, for each environment and integration. ``on_change`` is called after
    each selection."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] | None = None
        self._selected: dict[str, dict[str, str]] = {}

    def select(self, environment: str, connection: Connection) -> None:
        """Dry runs of this integration in this environment use ``connection`` from now on."""
        selected = self._selected.setdefault(environment, {})
        selected.pop(connection.provider_config_key, None)  # the latest comes last
        selected[connection.provider_config_key] = connection.connection_id
        if self.on_change is not None:
            self.on_change()

    def of(self, environment: str) -> dict[str, str]:
        """integration → selected connection; the latest selection comes last."""
        return dict(self._selected.get(environment, {}))


@dataclass(repr=False)
class ConnectionChoice(Displayable):
    """The connections of an environment. :meth:`select` selects one for its integration.

    ``integration_id`` and ``search`` narrow what is shown. ``display`` shows it as a picker, and returns
    whether the front end can. ``script`` is what a command was given before the connection, and ``verb`` is
    the command.
    """

    selection: Selection
    lines: Lines
    display: Callable[[ConnectionChoice], bool]
    environment: str
    target: str
    connections: Sequence[Connection]
    integration_id: str | None = None
    search: str = ""
    pasted: str = ""
    script: str = ""
    verb: str = "dryrun"

    @property
    def matching(self) -> list[Connection]:
        """Those of the integration that match the search."""
        words = self.search.lower().split()
        return [
            connection
            for connection in self.connections
            if self.integration_id in (None, connection.provider_config_key) and _matches(connection, words)
        ]

    @property
    def selected(self) -> Connection | None:
        """The selected connection of the integration; of all integrations, the latest selection."""
        by_key = {(c.provider_config_key, c.connection_id): c for c in self.connections}
        for key in reversed(self.selection.of(self.environment).items()):
            if key in by_key and self.integration_id in (None, key[0]):
                return by_key[key]
        return None

    def line(self, connection: Connection) -> str:
        """The line that selects this connection; for a command, the one that runs a script on it."""
        same_id = [c for c in self.connections if c.connection_id == connection.connection_id]
        verb, words = "connection", [connection.connection_id]
        if self.lines.door == "command":
            verb, words = self.verb, [self.script or "NAME", *words]
        return self.lines.verb(
            verb,
            *words,
            environment=self.environment,
            integration_id=connection.provider_config_key if len(same_id) > 1 else None,
            needs_source=verb == "dryrun",
        )

    def select(self, connection: Connection) -> str:
        """Select it for its integration. Returns the line that does the same."""
        self.selection.select(self.environment, connection)
        return self.line(connection)

    def text(self, head: str | None = None) -> str:
        from nangonb._render import connections_text

        options = self._options() if head is None else {"head": head}
        return connections_text(*self._rows(), **options)

    def html(self) -> str:
        from nangonb._render import connections_html

        return connections_html(*self._rows(), **self._options())

    def _rows(self) -> tuple[list[Connection], list[str]]:
        matching = self.matching
        return matching, [self.line(connection) for connection in matching]

    def _options(self) -> dict[str, Any]:
        selected = self.selected
        paste = self.pasted if selected is not None and self.pasted == self.line(selected) else ""
        by_integration = self.selection.of(self.environment)
        marked = [c for c in self.connections if by_integration.get(c.provider_config_key) == c.connection_id]
        if not self.connections:
            head = _NO_CONNECTIONS.format(self.target)
        elif self.search and not self.matching:
            head = f"No connection matches {self.search!r}."
        elif self.lines.door == "command":
            head = f"{self.target} · {plural(len(self.matching), 'connection')}. A dry run on one of them:"
        elif selected is None:
            for_it = f" for {self.integration_id}" if self.integration_id else ""
            head = f"{self.target} · no connection is selected{for_it}. Each line selects one:"
        else:
            head = f"{self.target} · {selected.connection_id} is selected for {selected.provider_config_key}."
            if paste:
                head += " The line that does it:"
        return {"selected": marked, "head": head, "paste": paste}

    def _ipython_display_(self) -> None:
        if not self.display(self):
            raise NotImplementedError  # IPython then takes the MIME bundle


def _matches(connection: Connection, words: list[str]) -> bool:
    parts = [connection.connection_id, connection.provider_config_key, connection.provider]
    parts += [str(value) for value in connection.tags.values()]
    parts += [str(value) for value in (connection.end_user or {}).values()]
    text = " ".join(parts).lower()
    return all(word in text for word in words)
