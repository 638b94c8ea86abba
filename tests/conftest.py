"""Fixtures that all tests share, and how they are spread over processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from nangonb._node import installed
from nangonb._node.packages import cache_folder
from nangonb.errors import ConfigurationError
from tests.kernel import Kernel, Result
from tests.kernel import run_cells as run_all_cells
from tests.sandbox.process import Sandbox
from tests.scripted import ScriptedNango
from tests.world import World

ROOT = Path(__file__).resolve().parents[1]

# Variables of a developer's own shell that would change what is tested
_FOREIGN_PREFIXES = ("NANGO", "JUPYTER", "JPY_", "IPYTHON", "XDG_")
_FOREIGN_NAMES = {"PYTHONSTARTUP", "PYTHONWARNINGS", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}
_PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}


def _is_foreign(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(_FOREIGN_PREFIXES) or upper in _FOREIGN_NAMES or upper in _PROXIES


@pytest.fixture(scope="session", autouse=True)
def _clean_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For servers and kernels, which live longer than one test."""
    home = tmp_path_factory.mktemp("home")
    with suppress(ConfigurationError):  # with the user's own configuration of npm; tests say what is missing
        installed()
    cache = cache_folder()
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(_is_foreign, list(os.environ)):
            patch.delenv(name)
        patch.setenv("NANGONB_CACHE", str(cache))
        patch.setenv("HOME", str(home))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        patch.setenv("JUPYTER_CONFIG_DIR", str(home / "jupyter" / "config"))
        patch.setenv("JUPYTER_DATA_DIR", str(home / "jupyter" / "data"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(home / "jupyter" / "runtime"))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")
        yield


@pytest.fixture(autouse=True)
def clean_env(
    _clean_session: None, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No NANGO_* variable, a home of our own, and an empty working directory.

    The working directory matters: a ``.env`` or ``pyproject.toml`` in it, or above it, is configuration.
    """
    for name in list(os.environ):
        if name.upper().startswith("NANGO") and name != "NANGONB_CACHE":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path_factory.mktemp("cwd"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the repository: recordings and answers of the real Nango."""
    path = ROOT.parent / "shared"
    if not path.is_dir():
        pytest.skip("the folder ../shared with Nango's recordings and golden data is not here")
    return path.resolve()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One real kernel for all tests of a module, in an empty working directory."""
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def run_cells(kernel: Kernel) -> Callable[[Sequence[str]], list[Result]]:
    """Runs cells in the module's kernel; each must succeed."""
    return lambda sources: run_all_cells(kernel, sources)


@pytest.fixture
def new_kernel(tmp_path: Path) -> Iterator[Callable[..., Kernel]]:
    """Makes kernels of a test's own: ``new_kernel(cwd=…, env={…})``. Each takes about a second to start."""
    kernels: list[Kernel] = []

    def make(cwd: Path = tmp_path, env: Mapping[str, str | None] | None = None) -> Kernel:
        kernels.append(Kernel(cwd, env))
        return kernels[-1]

    yield make
    for kernel in kernels:
        kernel.close()


@pytest.fixture(scope="session")
def demo_sandbox(_clean_session: None) -> Iterator[Sandbox]:
    """One sandbox process for all tests that leave what it remembers as it was."""
    started = Sandbox()
    yield started
    started.close()


@pytest.fixture
def demo(demo_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A session whose Nango is :func:`demo_sandbox`."""
    world = World(demo_sandbox.url, demo_sandbox.key, monkeypatch)
    yield world
    world.session.close()


@pytest.fixture
def scripted() -> Iterator[ScriptedNango]:
    """A Nango whose provider answers what the test says."""
    server = ScriptedNango()
    yield server
    server.close()


@pytest.fixture
def acme(scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A session whose Nango is :func:`scripted`."""
    world = World(scripted.url, scripted.key, monkeypatch)
    yield world
    world.session.close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``-n``: the tests of a module stay together (they share a kernel), and so do the browser's."""
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.split("::", 1)[0]
            return "tests/browser" if module.startswith("tests/browser/") else module

    return ByModule(config, log)
