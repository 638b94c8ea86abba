"""The pictures of the README, taken anew: ``python -m tests.browser.take_screenshots``."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from tests.browser.notebook_page import NotebookPage
from tests.browser.server import JupyterServer

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 1280


def main() -> None:
    chromium = subprocess.run([ROOT / "tools" / "chromium"], capture_output=True, text=True, check=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as directory:
        browser = playwright.chromium.launch(executable_path=chromium.stdout.strip(), args=["--no-sandbox"])
        server = JupyterServer("lab", Path(directory))
        try:
            page = browser.new_context(viewport={"width": WIDTH, "height": 3000}).new_page()
            page.set_default_timeout(60_000)
            _take(NotebookPage(page, server, Path(directory)), page)
            page.goto("about:blank")
        finally:
            server.end_kernels()
            server.stop()
            browser.close()


def _take(nb: NotebookPage, page: Page) -> None:
    notebook = json.loads((ROOT / "notebooks" / "quickstart.ipynb").read_text())
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    yamls = [source for source in code if source.startswith("%%nango_yaml")]
    sync = next(source for source in code if source.startswith("%%nango_sync"))
    pick = "%nango_connection --integration-id salesforce"
    run = "%nango_dryrun salesforce-contacts -o contacts"
    # A dozen rows: below them are names in scripts for which not every machine has a font
    nb.open([code[0], "%config NangoMagics.preview_rows = 12", pick, *yamls, sync, run])
    assert all(nb.run_cell(index) for index in range(3))
    nb.output(2).locator(".widget-select select").select_option("conn-1")
    nb.output(2).get_by_text("The line that does it").wait_for()
    assert all(nb.run_cell(index) for index in range(3, 7))
    assert nb.run_cell(0)  # which takes the mark of the active cell away from the others
    _picture(page, nb.cell(2), nb.cell(2), "picker")
    _picture(page, nb.cell(5), nb.cell(6), "quickstart")


def _picture(page: Page, first: Locator, last: Locator, name: str) -> None:
    """From one cell to another, as wide as the page."""
    page.mouse.move(0, 0)
    top, bottom = first.bounding_box(), last.bounding_box()
    assert top is not None and bottom is not None
    clip = {"x": 0, "y": top["y"], "width": WIDTH, "height": bottom["y"] + bottom["height"] - top["y"]}
    path = ROOT / "docs" / "images" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, clip=clip)  # type: ignore[arg-type]
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
