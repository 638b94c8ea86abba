"""The connection picker: environment → integration → connection, searchable.

The widgets hold ids only. Everything else about the connections stands in the table below them, which
is also all there is where widgets do not render.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from nangonb._jupyter import displaying
from nangonb._nango import Connection
from nangonb._session import ConnectionChoice, Session
from nangonb.errors import NangonbError

_MOST = 200
_ROWS = 8
_ALL = "all"

# Outside of text fields, JupyterLab takes each key for a shortcut: an arrow leaves the list, x cuts the cell.
# It leaves alone the element that has this attribute, which must be the focused one: its selectors end with
# :focus. Keys with Ctrl, Alt or Meta are still its own.
_KEEP_KEYS = """
export default {
  render({ el }) {
    const keep = (event) => {
      if (el.closest(".nangonb-picker")?.contains(event.target)) {
        const own = !(event.ctrlKey || event.altKey || event.metaKey);
        event.target.toggleAttribute("data-lm-suppress-shortcuts", own);
      }
    };
    window.addEventListener("keydown", keep, true);
    return () => window.removeEventListener("keydown", keep, true);
  },
};
"""

# A saved notebook that is opened again has the table, and widgets that no kernel answers: JupyterLab shows
# an error in their place. The table below says it all.
_WITHOUT_KERNEL = (
    "<style>.jp-OutputArea-child:not(:has(.widget-vbox)):has(+ .jp-OutputArea-child .nangonb-choice)"
    "{display:none}</style>"
)


class Picker:
    """Widgets and a table that show one :class:`ConnectionChoice`; nothing waits for a click."""

    def __init__(self, choice: ConnectionChoice, session: Session) -> None:
        self._choice, self._session = choice, session
        self._table: Any = None
        self._error: str = ""
        self._filling = False
        self._environment = _dropdown("environment")
        self._integration = _dropdown("integration")
        self._search = widgets.Text(
            placeholder="search ids and tags", continuous_update=True, layout={"width": "240px"}
        )
        self._connection = widgets.Select(layout={"width": "100%", "max_width": "720px"})
        self._keys = _Keys(layout={"display": "none"})
        self._box = _Box(
            [
                widgets.HBox(
                    [self._environment, self._integration, self._search],
                    layout={"flex_flow": "row wrap"},
                ),
                self._connection,
                self._keys,
            ]
        )
        self._box.add_class("nangonb-picker")
        environments = sorted({choice.environment, *session.config.environments()})
        with self._quietly():
            self._environment.options = environments
            self._environment.value = choice.environment
        self._fill()
        self._environment.observe(self._guarded(self._environment_chosen), "value")
        self._integration.observe(self._guarded(self._integration_chosen), "value")
        self._search.observe(self._guarded(self._searched), "value")
        self._connection.observe(self._guarded(self._connection_chosen), "value")

    def show(self) -> None:
        displaying.show_object(self._box)
        self._table = displaying.show(self._bundle())

    def refresh(self) -> None:
        """Show what is selected now: another picker or a line may have selected it."""
        self._fill()
        self._update_table()

    def close(self) -> None:
        """Forget the widgets: the cell that showed them runs again."""
        for widget in (*self._box.children[0].children, *self._box.children, self._box):
            for part in (getattr(widget, "style", None), widget.layout, widget):
                if part is not None:
                    part.close()

    # What the user does

    def _environment_chosen(self, environment: str) -> None:
        old = self._choice
        # Until the connections are there, nothing of the old environment can be chosen by mistake
        self._choice = self._session.connections.without_connections(environment)
        try:
            self._choice = self._session.connections.choice(environment=environment)
            if any(c.provider_config_key == old.integration_id for c in self._choice.connections):
                self._choice.integration_id = old.integration_id
        finally:
            self._fill()

    def _integration_chosen(self, integration: str) -> None:
        self._choice.integration_id = None if integration == _ALL else integration
        self._fill()

    def _searched(self, words: str) -> None:
        self._choice.search = words
        self._fill()

    def _connection_chosen(self, connection: Connection | None) -> None:
        if connection is not None:
            self._choice.pasted = self._choice.line(connection)
            self._choice.select(connection)

    # What it shows

    def _fill(self) -> None:
        choice, matching = self._choice, self._choice.matching
        integrations = sorted({connection.provider_config_key for connection in choice.connections})
        options: list[tuple[str, Connection | None]] = [
            (_label(connection, choice.integration_id), connection) for connection in matching[:_MOST]
        ]
        if len(matching) > _MOST:
            options.append((f"… {len(matching) - _MOST:,} more: search", None))
        selected = choice.selected
        with self._quietly():
            if (names := (_ALL, *integrations)) != self._integration.options:
                self._integration.options = names
            self._integration.value = choice.integration_id or _ALL
            if [label for label, _ in options] != [label for label, _ in self._connection.options]:
                self._connection.options = options
            self._connection.rows = min(max(len(options), 3), _ROWS)
            self._connection.value = selected if selected in matching[:_MOST] else None

    def _update_table(self) -> None:
        if self._table is not None:
            self._table.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        from nangonb._render import escape, page

        text, html = self._choice.text(), self._choice.html()
        if self._error:
            text, html = self._error, page(f'<pre class="n-block n-b">{escape(self._error)}</pre>')
        return {"text/plain": text, "text/html": f'<div class="nangonb-choice">{_WITHOUT_KERNEL}{html}</div>'}

    def _quietly(self) -> _Quiet:
        return _Quiet(self)

    def _guarded(self, callback: Callable[[Any], None]) -> Callable[[Any], None]:
        """An error in a callback is shown in place of the table; front ends would hide it in a log."""

        @functools.wraps(callback)
        def guarded(change: Any) -> None:
            if self._filling:
                return
            self._error = ""
            try:
                callback(change["new"])
            except NangonbError as error:
                self._error = "\n".join(error.lines())
            except Exception as error:
                self._error = f"{type(error).__name__}: {error}"
            self._update_table()

        return guarded


class _Quiet:
    """While the picker sets its own widgets, a change of a value is no choice of the user's."""

    def __init__(self, picker: Picker) -> None:
        self._picker = picker

    def __enter__(self) -> None:
        self._picker._filling = True

    def __exit__(self, *_: object) -> None:
        self._picker._filling = False


class _Keys(anywidget.AnyWidget):
    """Keeps keys in the picker around it. It is hidden, as is the error that a front end without anywidget
    shows in its place."""

    _esm = traitlets.Unicode(_KEEP_KEYS).tag(sync=True)


class _Box(widgets.VBox):  # type: ignore[misc]
    """Where widgets do not render, the table below says it all."""

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": "", "text/html": ""}


def _dropdown(description: str) -> widgets.Dropdown:
    return widgets.Dropdown(
        description=description, style={"description_width": "initial"}, layout={"width": "auto"}
    )


def _label(connection: Connection, integration: str | None) -> str:
    if integration is not None:
        return connection.connection_id
    return f"{connection.connection_id} · {connection.provider_config_key}"
