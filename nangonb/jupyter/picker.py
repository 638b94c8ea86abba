"""The connection picker: environment → integration → connection, searchable.

The widgets hold ids only. Everything else about the connections stands in the table below them, which
is also all there is where widgets do not render.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from nangonb.errors import NangonbError
from nangonb.jupyter import displaying
from nangonb.nango import Connection
from nangonb.session import ConnectionChoice

_MOST = 200
_ALL = "all integrations"


def show(choice: ConnectionChoice) -> None:
    """Display the picker and its table. Returns at once: nothing waits for a click."""
    Picker(choice).show()


class Picker:
    def __init__(self, choice: ConnectionChoice) -> None:
        self._choice = choice
        self._table: Any = None
        self._filling = False
        environments = choice.session.config.environments()
        self._environment = widgets.Dropdown(
            options=sorted({choice.environment, *environments}),
            value=choice.environment,
            description="Environment",
        )
        self._integration = widgets.Dropdown(description="Integration")
        self._search = widgets.Text(placeholder="search ids and tags", description="Search")
        self._connection = widgets.Select(description="Connection", rows=6)
        self._box = _Box([self._environment, self._integration, self._search, self._connection])
        self._fill_integrations()
        self._environment.observe(self._guarded(self._environment_changed), "value")
        self._integration.observe(self._guarded(self._fill_connections), "value")
        self._search.observe(self._guarded(self._fill_connections), "value")
        self._connection.observe(self._guarded(self._connection_changed), "value")

    def show(self) -> None:
        displaying.show_object(self._box)
        self._table = displaying.show(_bundle(self._choice))

    def _fill_integrations(self) -> None:
        names = sorted({connection.provider_config_key for connection in self._choice.connections})
        chosen = self._choice.selected
        value = self._choice.integration_id or (chosen.provider_config_key if chosen else None)
        self._integration.options = [_ALL, *names]
        self._integration.value = value if value in names else _ALL
        self._fill_connections()

    def _fill_connections(self, _: Any = None) -> None:
        integration, words = self._integration.value, self._search.value.lower().split()
        found = [
            connection
            for connection in self._choice.connections
            if integration in (_ALL, connection.provider_config_key) and _matches(connection, words)
        ]
        options: list[tuple[str, Connection | None]] = [
            (f"{connection.connection_id}  ({connection.provider_config_key})", connection)
            for connection in found[:_MOST]
        ]
        if len(found) > _MOST:
            options.append((f"… {len(found) - _MOST:,} more: search", None))
        selected = self._choice.selected
        self._filling = True  # meanwhile, a change of the value is no choice of the user's
        try:
            self._connection.options = options
            self._connection.value = selected if selected in found[:_MOST] else None
        finally:
            self._filling = False

    def _environment_changed(self, change: Any) -> None:
        session = self._choice.session
        self._choice = session.connection(environment=change["new"])
        self._fill_integrations()
        self._refresh()

    def _connection_changed(self, change: Any) -> None:
        if change["new"] is not None and not self._filling:
            self._choice.select(change["new"])
            self._refresh()

    def _refresh(self, error: NangonbError | None = None) -> None:
        if self._table is not None:
            self._table.update(_bundle(self._choice, error), raw=True)

    def _guarded(self, callback: Callable[[Any], None]) -> Callable[[Any], None]:
        """An error in a callback is shown below the picker; front ends would hide it in a log."""

        @functools.wraps(callback)
        def guarded(change: Any) -> None:
            try:
                callback(change)
            except NangonbError as error:
                self._refresh(error)

        return guarded


class _Box(widgets.VBox):  # type: ignore[misc]
    """Front ends without widgets show the text; the table below says the rest."""

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        bundle["text/plain"] = "Connection picker"
        return bundle


def _matches(connection: Connection, words: list[str]) -> bool:
    parts = [connection.connection_id, connection.provider_config_key, connection.provider]
    parts += [str(value) for value in connection.tags.values()]
    parts += [str(value) for value in (connection.end_user or {}).values()]
    text = " ".join(parts).lower()
    return all(word in text for word in words)


def _bundle(choice: ConnectionChoice, error: NangonbError | None = None) -> dict[str, str]:
    from nangonb.render import escape, page

    bundle = {"text/plain": choice.text(), "text/html": choice.html()}
    if error is not None:
        said = "\n".join(error.lines())
        bundle["text/plain"] += "\n" + said
        bundle["text/html"] += page(f"<pre>{escape(said)}</pre>")
    return bundle
