"""%load_ext, %reload_ext and %unload_ext; and a terminal without a kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.jupyter.cells import ECHO, SYNC, YAML
from tests.kernel import Kernel
from tests.sandbox.process import Sandbox

PID = "from nangonb._session import current\ncurrent().connections.sandbox._process.pid"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel in which nothing is configured."""
    kernel = Kernel(tmp_path_factory.mktemp("fresh"))
    yield kernel
    kernel.close()


def test_a_life(fresh: Kernel) -> None:
    state = (
        "shell = get_ipython()\n"
        "def state():\n"
        "    return (\n"
        "        sorted(m for kind in shell.magics_manager.magics.values() for m in kind if 'nango' in m),\n"
        "        len(shell.Completer.custom_matchers), len(shell.input_transformers_cleanup),\n"
        "        ['Nango' in type(c).__name__ for c in shell.configurables].count(True),\n"
        "        {k: len(v) for k, v in shell.events.callbacks.items()},\n"
        "        [name for name in vars(shell) if 'nango' in name], [n for n in globals() if 'nango' in n],\n"
        "    )\n"
        "before = state()"
    )
    fresh.run(state).check()
    loaded = fresh.run("%load_ext nangonb").check()
    assert loaded.stdout.splitlines()[0].startswith("nangonb talks to the sandbox")
    assert [line.strip().split()[0] for line in loaded.stdout.splitlines()[1:]] == [
        "%nango_connection",
        "%nango_dryrun",
    ]
    fresh.run("once = state()").check()
    fresh.run("%load_ext nangonb").check()
    fresh.run(ECHO).check()
    fresh.run("%reload_ext nangonb").check()
    assert fresh.run("state() == once").check().text == "True"
    assert '"got"' in fresh.run("%nango_dryrun echo conn-1 -i 1").check().text  # still declared
    process = fresh.run(PID).check().text
    assert Path(f"/proc/{process}").exists() or sys.platform != "linux"
    fresh.run("%unload_ext nangonb").check()
    assert fresh.run("del current\nstate() == before").check().text == "True"
    assert not Path(f"/proc/{process}").exists()
    missing = fresh.run("%nango_check").stderr
    assert "not found" in missing
    fresh.run("%load_ext nangonb").check()
    assert '"got"' in fresh.run("%nango_dryrun echo conn-1 -i 1").check().text


def test_the_sandbox_ends_with_the_kernel(new_kernel: Callable[..., Kernel]) -> None:
    kernel = new_kernel()
    kernel.run("%load_ext nangonb").check()
    kernel.run("import nangonb; nangonb.connections()").check()
    pid = int(kernel.run(PID).check().text)
    descriptor = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    os.kill(kernel.pid, 9)
    if descriptor is not None:
        import select

        assert select.select([descriptor], [], [], 30)[0], "the sandbox lives on"
        os.close(descriptor)


def test_a_configuration_that_contradicts_itself_is_told_when_loading(
    new_kernel: Callable[..., Kernel],
) -> None:
    kernel = new_kernel(env={"NANGO_HOSTPORT": "nango.example.com", "NANGO_SECRET_KEY_DEV": "key"})
    assert "is not a URL" in kernel.run("%load_ext nangonb").check().stdout
    error = kernel.run("%nango_connection").error
    assert error is not None
    assert error.ename == "ConfigurationError"


def test_wrong_key_and_no_server(new_kernel: Callable[..., Kernel], nango: Sandbox) -> None:
    wrong = "00000000-0000-4000-8000-00000000beef"
    kernel = new_kernel(env={"NANGO_HOSTPORT": nango.url, "NANGO_SECRET_KEY_DEV": wrong})
    kernel.run("%load_ext nangonb").check()
    error = kernel.run("%nango_connection").error
    assert error is not None
    assert error.ename == "ApiResponseError"
    assert "NANGO_SECRET_KEY_DEV" in error.traceback
    assert wrong not in error.traceback
    kernel.run("%config NangoMagics.host = 'http://127.0.0.1:9'").check()
    error = kernel.run("%nango_connection").error
    assert error is not None
    assert error.ename == "NetworkError"
    assert "127.0.0.1:9" in error.traceback


def test_a_terminal(tmp_path: Path, nango: Sandbox) -> None:
    """IPython without a kernel: the same magics, in their text form; no widgets, no progress."""
    cells = [
        "%load_ext nangonb",
        YAML,
        SYNC,
        "%nango_connection conn-2",
        "%nango_dryrun contacts",
        "%nango_check",
        "%nango_dryrun nothing",
    ]
    script = tmp_path / "terminal.py"
    script.write_text(
        "import sys\n"
        "from IPython.terminal.interactiveshell import TerminalInteractiveShell\n"
        "shell = TerminalInteractiveShell.instance(colors='nocolor')\n"
        f"for cell in {cells!r}:\n"
        "    shell.run_cell(cell, store_history=True)\n"
        "print('widgets' if 'ipywidgets' in sys.modules else 'no widgets')\n"
    )
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={**os.environ, "NANGO_HOSTPORT": nango.url, "NANGO_SECRET_KEY_DEV": nango.key},
    )
    assert done.returncode == 0, done.stderr
    shown = done.stdout
    assert "✓ sync contacts · salesforce · every day · saves Contact" in shown
    assert "conn-2 is selected for salesforce" in shown
    assert "✓ contacts on conn-2 · dev · " in shown
    assert "20 of 318 rows × 2 columns" in shown
    assert "1 script" in shown
    assert "There is no script named 'nothing'." in shown
    assert "<div" not in shown
    assert "stop with" not in shown
    assert "no widgets" in shown
