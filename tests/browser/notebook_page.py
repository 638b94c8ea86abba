"""A notebook open in a browser, as tests see it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.server import JupyterServer

# Without a kernelspec, JupyterLab asks for a kernel in a dialog
_METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
    "language_info": {"name": "python"},
}
_EXECUTION_LIMIT = 90_000  # milliseconds


class NotebookPage:
    """Driven by the application's own commands, which end when the execution has ended.

    Look at what is shown with ``expect(nb.output(0)).to_contain_text(…)``: it waits until that is so.
    """

    def __init__(self, page: Page, server: JupyterServer, screenshots: Path) -> None:
        self.page = page
        self.server = server
        self._screenshots = screenshots

    @property
    def root(self) -> Path:
        """Where the server's notebooks lie; the kernel's working directory."""
        return self.server.root

    def open(self, notebook: str | Sequence[str], name: str = "notebook.ipynb") -> NotebookPage:
        """Opens a notebook of ``root``, or makes one of these code cells, and waits for its kernel."""
        if not isinstance(notebook, str):
            (self.root / name).write_text(json.dumps(_document(notebook)))
            notebook = name
        self.page.goto(self.server.url(notebook), wait_until="domcontentloaded")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.wait_idle()
        return self

    def run_all(self) -> bool:
        """Runs every cell; False where one failed."""
        return self._execute("notebook:run-all-cells")

    def run_cell(self, index: int) -> bool:
        """Runs one cell; False where it failed."""
        self._evaluate(
            "(notebook, index) => { notebook.activeCellIndex = index; notebook.deselectAll(); }", index
        )
        return self._execute("notebook:run-cell")

    def set_source(self, index: int, source: str) -> None:
        """Replaces the text of a cell."""
        self._evaluate(
            "(notebook, [index, source]) => notebook.widgets[index].model.sharedModel.setSource(source)",
            [index, source],
        )

    def source(self, index: int) -> str:
        """The text of a cell, as the front end has it."""
        return str(
            self._evaluate("(notebook, index) => notebook.widgets[index].model.sharedModel.source", index)
        )

    @property
    def cells(self) -> int:
        """How many cells the notebook has."""
        return int(self._evaluate("notebook => notebook.widgets.length", None))

    def save(self) -> None:
        self.command("docmanager:save")

    def restart(self) -> None:
        """A new kernel, as after closing and opening the notebook; outputs stay."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.wait_idle()

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def output(self, index: int) -> Locator:
        """The output area of a cell, widgets included."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    def screenshot(self, name: str) -> Path:
        """A picture of the page, in .cache/browser of the repository."""
        path = self._screenshots / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def command(self, command: str, arguments: dict[str, Any] | None = None) -> Any:
        """Executes a command of the application; returns once it has ended."""
        return self.page.evaluate(
            """async ([command, arguments_]) => {
                const result = await window.jupyterapp.commands.execute(command, arguments_);
                return typeof result === 'boolean' ? result : null;
            }""",
            [command, arguments or {}],
        )

    def wait_idle(self) -> None:
        """Waits until the kernel is there and has nothing to do."""
        self.page.wait_for_function(
            """() => {
                const context = window.jupyterapp?.shell?.currentWidget?.sessionContext;
                return context?.isReady && context.session?.kernel?.status === 'idle';
            }""",
            timeout=_EXECUTION_LIMIT,
        )

    def _execute(self, command: str) -> bool:
        succeeded = bool(self.command(command))
        self.wait_idle()
        return succeeded

    def _evaluate(self, function: str, argument: Any) -> Any:
        return self.page.evaluate(
            f"argument => ({function})(window.jupyterapp.shell.currentWidget.content, argument)", argument
        )


def _document(sources: Sequence[str]) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"cell-{index}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for index, source in enumerate(sources)
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": _METADATA, "cells": cells}
