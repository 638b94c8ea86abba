"""%nango_deploy in a kernel: the plan is shown, the question is asked, and never hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.deploy.conftest import ACTION, MODULE, SYNC, YAML
from tests.deploying import DeployTarget
from tests.kernel import Kernel
from tests.scripted import Asked, ScriptedNango

CELLS = (YAML, SYNC, ACTION, MODULE)


@pytest.fixture
def target(scripted: ScriptedNango) -> DeployTarget:
    return DeployTarget(scripted)


@pytest.fixture
def notebook(target: DeployTarget, new_kernel: Callable[..., Kernel]) -> Iterator[Kernel]:
    """A kernel with the scripts, whose Nango is the scripted one."""
    scripted = target.scripted
    kernel = new_kernel(
        env={
            "NANGO_HOSTPORT": scripted.url,
            "NANGO_SECRET_KEY_DEV": scripted.key,
            "NANGO_SECRET_KEY_PROD": scripted.key,
        }
    )
    kernel.run("%load_ext nangonb").check()
    for cell in CELLS:
        kernel.run(cell).check()
    yield kernel


def test_yes_no_and_the_plan_alone(notebook: Kernel, target: DeployTarget) -> None:
    planned = notebook.run("%nango_deploy dev --plan").check()
    assert "Plan for dev · 127.0.0.1" in planned.text and "<b>Plan for dev" in planned.html
    assert "Nothing was deployed" in planned.text

    declined = notebook.run("%nango_deploy dev", answers=["n"]).check()
    assert declined.text.index("Plan for dev") < declined.text.index("Nothing was deployed")
    assert target.deployments == []

    done = notebook.run("%nango_deploy prod", answers=["y"]).check()
    assert done.text.index("Plan for prod") < done.text.index("✓ Deployed 2 scripts to prod")
    assert done.text.count("Plan for prod") == 1  # it was shown before the question
    assert "%nango_status contacts -e prod" in done.text
    assert len(target.deployments) == 1

    again = notebook.run(
        "import nangonb\nnangonb.deploy('dev', auto_confirm=True).scripts[0].version"
    ).check()
    assert again.text.splitlines()[-1] == "'2'"


def test_deletions_are_a_question_of_their_own(notebook: Kernel, target: DeployTarget) -> None:
    target.deleted = {"deletedModels": ["Old"]}
    kept = notebook.run("%nango_deploy dev", answers=["y", "y"]).check()
    assert "Permanently deleted" in kept.html and "Nothing was deployed" in kept.text
    assert target.deployments == []
    notebook.run("%nango_deploy dev", answers=["y", "yes"]).check()
    assert len(target.deployments) == 1


def test_the_stop_button_while_nango_deploys(notebook: Kernel, target: DeployTarget) -> None:
    arrived, leave = threading.Event(), threading.Event()

    def slow(asked: Asked) -> Any:
        answer = target.deploy(asked)
        arrived.set()
        leave.wait(60)
        return answer

    target.scripted.api["/sync/deploy"] = slow
    running = notebook.begin("%nango_deploy dev --auto-confirm")
    running.until(lambda _: arrived.is_set())
    notebook.interrupt()
    stopped = running.result()
    leave.set()
    assert stopped.error is not None and stopped.error.ename == "Interrupted"
    said = stopped.error.traceback
    assert "It was stopped while Nango deployed. All the same Nango has deployed acme/syncs/contacts" in said


def test_without_a_front_end_it_refuses_and_says_how(
    target: DeployTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    monkeypatch.setenv("NANGO_HOSTPORT", target.scripted.url)
    monkeypatch.setenv("NANGO_SECRET_KEY_DEV", target.scripted.key)
    monkeypatch.setenv("PYTHONPATH", str(root))
    sources = ["%load_ext nangonb", *CELLS, "%nango_deploy dev"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook: Any = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=90, resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError) as caught:
        client.execute()
    assert "This deployment needs a confirmation" in str(caught.value)
    outputs = notebook.cells[-1].outputs
    assert "Plan for dev" in outputs[0]["data"]["text/plain"]
    assert "%nango_deploy dev --auto-confirm" in "\n".join(outputs[-1]["traceback"])
    assert target.deployments == []

    notebook.cells[-1].source = "%nango_deploy dev --auto-confirm"
    NotebookClient(notebook, timeout=90, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert len(target.deployments) == 1


def test_completion_and_help(notebook: Kernel) -> None:
    assert "prod" in notebook.complete("%nango_deploy pr").matches
    assert "--allow-destructive" in notebook.complete("%nango_deploy dev --al").matches
    assert "Other scripts of the environment are left alone" in notebook.run("%nango_deploy?").check().pager
