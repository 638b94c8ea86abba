"""Real front ends in a real Chromium.

A test takes one of these; each is a :class:`NotebookPage`:

- ``nb``: the test runs in JupyterLab and again in Notebook 7
- ``lab_nb``: in JupyterLab only
- ``plain_nb``: in a JupyterLab that cannot show widgets
- ``elsewhere_nb``: in a JupyterLab that has ipywidgets, and not anywidget

Servers and browser are started once, when the first test needs them. Every wait is for a condition. A page
that asks for anything outside 127.0.0.1, or in which a script fails, fails its test.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect, sync_playwright

from tests.browser.notebook_page import NotebookPage
from tests.browser.server import JupyterServer

_ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to sandbox root, and only pages of this machine are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_INSIDE = re.compile(r"^(https?|wss?)://127\.0\.0\.1:|^(data|blob):|^about:blank")

# Notebook 7 itself throws this when it starts, whatever its settings are
_KNOWN_ERROR = re.compile(r"reading 'schema'.*notebook_core", re.DOTALL)

_PATIENCE = 30_000  # milliseconds that a condition may take; the machine may be busy with other tests
expect.set_options(timeout=_PATIENCE)

Open: TypeAlias = Callable[[JupyterServer], NotebookPage]


@pytest.fixture(scope="package")
def chromium(root: Path) -> str:
    """The path of a Chromium; without one, the test is skipped."""
    found = subprocess.run([root / "tools" / "chromium"], capture_output=True, text=True)
    if found.returncode == 3:
        pytest.skip(found.stderr.strip())
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS, headless=True)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests: its cache keeps the front end's scripts, so that later pages open quickly."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


# The servers take `chromium`, so that none is started only to be skipped


@pytest.fixture(scope="package")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    server = JupyterServer("lab", tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="package")
def notebook7(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    server = JupyterServer("notebook7", tmp_path_factory.mktemp("notebook7"))
    yield server
    server.stop()


@pytest.fixture(scope="package")
def lab_without_widgets(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    folder = tmp_path_factory.mktemp("lab-without-widgets")
    server = JupyterServer("lab", folder, without="@jupyter-widgets/jupyterlab-manager")
    yield server
    server.stop()


@pytest.fixture(scope="package")
def lab_without_anywidget(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """A kernel's packages may be another environment's than the server's."""
    server = JupyterServer("lab", tmp_path_factory.mktemp("lab-without-anywidget"), without="anywidget")
    yield server
    server.stop()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    outside: list[str] = []
    errors: list[str] = []

    def refuse(route: Route) -> None:
        outside.append(route.request.url)
        route.abort()

    def note_error(error: Error) -> None:
        text = f"{error}\n{error.stack}"
        if not _KNOWN_ERROR.search(text):
            errors.append(text)

    page = context.new_page()
    page.route(lambda url: not _INSIDE.search(url), refuse)
    page.on("pageerror", note_error)
    page.on("websocket", lambda socket: None if _INSIDE.search(socket.url) else outside.append(socket.url))
    page.set_default_timeout(_PATIENCE)
    yield page
    page.close()
    assert not outside, f"the page asked for {outside}"
    assert not errors, "a script of the page failed:\n" + "\n".join(errors)


@pytest.fixture
def open_in(page: Page, root: Path, request: pytest.FixtureRequest) -> Iterator[Open]:
    """A page for a server; its kernels end with the test. A failed test leaves a picture."""
    directory = root / ".cache" / "browser"
    directory.mkdir(parents=True, exist_ok=True)
    servers: list[JupyterServer] = []

    def make(server: JupyterServer) -> NotebookPage:
        servers.append(server)
        return NotebookPage(page, server, directory)

    failures = request.session.testsfailed
    yield make
    if request.session.testsfailed > failures:
        name = re.sub(r"[^\w-]+", "-", request.node.name)
        page.screenshot(path=directory / f"failed-{name}.png")
    page.goto("about:blank")  # so that the front end does not ask about its lost kernel
    for server in servers:
        server.end_kernels()


@pytest.fixture(params=["lab", "notebook7"])
def nb(request: pytest.FixtureRequest, open_in: Open) -> NotebookPage:
    return open_in(request.getfixturevalue(request.param))


@pytest.fixture
def lab_nb(open_in: Open, lab: JupyterServer) -> NotebookPage:
    return open_in(lab)


@pytest.fixture
def elsewhere_nb(open_in: Open, lab_without_anywidget: JupyterServer) -> NotebookPage:
    return open_in(lab_without_anywidget)


@pytest.fixture
def plain_nb(open_in: Open, lab_without_widgets: JupyterServer) -> NotebookPage:
    return open_in(lab_without_widgets)
