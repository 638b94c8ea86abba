"""``%nango_deploy --via functions``: source is sent, one script after the other."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from nangonb.errors import DeployError, Interrupted, ProjectError, UsageError
from tests.functions.remote_nango import RemoteNango
from tests.sandbox.process import Sandbox
from tests.scripted import Answer, ScriptedNango
from tests.world import World, shown

MODELS = {"contacts": "Contact", "leads": "Lead"}


def yaml_of(integration: str, *names: str) -> str:
    """A cell that declares syncs; each has a model of its own, by MODELS or named Row."""
    models = [MODELS.get(name, "Row") for name in names]
    lines = ["%%nango_yaml", "integrations:", f"  {integration}:", "    syncs:"]
    for name, model in zip(names, models, strict=True):
        lines += [f"      {name}:", "        runs: every day", f"        output: {model}"]
        lines += [f"        endpoint: GET /{name}"]
    lines += ["models:", *(f"  {model}:\n    id: string" for model in models)]
    return "\n".join(lines) + "\n"


def sync_of(name: str) -> str:
    model = MODELS.get(name, "Row")
    return f'%%nango_sync {name}\ndef fetch_data(nango):\n    nango.batch_save([{{"id": "1"}}], "{model}")\n'


@pytest.fixture
def nango(acme: World, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch) -> RemoteNango:
    monkeypatch.setenv("NANGONB_NODE", "/nowhere")  # there is no Node.js
    for cell in (yaml_of("acme", "contacts", "leads"), sync_of("contacts"), sync_of("leads")):
        acme.cell(cell)
    scripted.api["/scripts/config"] = [
        {"providerConfigKey": "acme", "syncs": [{"name": "leads", "version": "4"}], "actions": []}
    ]
    return RemoteNango(scripted)


def test_without_node(acme: World, nango: RemoteNango) -> None:
    done = acme.session.deploy("dev", via="functions", auto_confirm=True)
    assert [(each.change, each.key, each.version) for each in done.plan.scripts] == [
        ("new", "acme/syncs/contacts", ""),
        ("updated", "acme/syncs/leads", "4"),
    ]
    assert [(each.key, each.version, each.runs, each.models) for each in done.scripts] == [
        ("acme/syncs/contacts", "1", "every day", ("Contact",)),
        ("acme/syncs/leads", "1", "every day", ("Lead",)),
    ]
    text = done.text()
    assert "as TypeScript source, which Nango compiles" in text
    assert "Deployed 2 scripts to dev" in text
    for compiled, sent in zip(nango.sent["compile"], nango.sent["deployments"], strict=True):
        assert sent.pop("code") == compiled["code"]
        assert sent.pop("function_name") in ("contacts", "leads")
        assert sent == {"type": "function", "integration_id": "acme", "function_type": "sync"}


def test_the_plan_deploys_nothing(acme: World, nango: RemoteNango) -> None:
    planned = acme.session.deploy("dev", via="functions", plan=True)
    assert planned.state == "planned"
    assert len(nango.sent["compile"]) == 2 and not nango.sent["deployments"]
    assert planned.next == ("Deploy it: %nango_deploy dev --via functions",)


def test_allow_destructive_is_passed_on(acme: World, nango: RemoteNango) -> None:
    acme.session.deploy("dev", via="functions", auto_confirm=True, allow_destructive=True)
    assert all(sent["allow_destructive"] for sent in nango.sent["deployments"])


class TestRefusals:
    def test_nothing_is_deployed_where_one_does_not_compile(self, acme: World, nango: RemoteNango) -> None:
        code = "function/syncs/function.ts:16:9 - error TS2322: Type 'x' is not assignable."
        nango.refuse("compile", 400, "compilation_error", code)
        with pytest.raises(ProjectError, match="Nothing was deployed") as caught:
            acme.session.deploy("dev", via="functions", auto_confirm=True)
        problem = caught.value.problems[0]
        assert problem.code == "ts-2322"
        assert problem.place is not None
        assert (problem.place.source, problem.place.line) == ("Cell In[2]", 3)
        assert not nango.sent["deployments"]

    def test_one_script_of_two(self, acme: World, nango: RemoteNango) -> None:
        message = "Cannot overwrite existing function 'contacts'"
        error = {"error": {"code": "invalid_request", "message": message}}
        nango.deployments = [Answer(error, 400)]
        with pytest.raises(DeployError) as caught:
            acme.session.deploy("dev", via="functions", auto_confirm=True)
        assert caught.value.live == ("acme/syncs/leads",)
        assert caught.value.deployed is None
        text = shown(caught.value)
        assert "Deployed: acme/syncs/leads. Not deployed: acme/syncs/contacts." in text
        assert "acme/syncs/contacts: Cannot overwrite existing function 'contacts'" in text
        assert "can be changed in that way only" in text
        assert "Cell In[2], line 1" in text

    def test_a_deployment_that_fails_in_the_end(self, acme: World, nango: RemoteNango) -> None:
        failed = {"status": "failed", "error": {"code": "deployment_error", "message": "boom"}}
        nango.deployments = [dict(failed), dict(failed)]
        with pytest.raises(DeployError, match="Nothing was deployed") as caught:
            acme.session.deploy("dev", via="functions", auto_confirm=True)
        assert caught.value.deployed is False
        assert [each.message for each in caught.value.problems] == [
            "acme/syncs/contacts: boom",
            "acme/syncs/leads: boom",
        ]

    def test_nango_breaks_down_in_the_middle(self, acme: World, nango: RemoteNango) -> None:
        error = {"error": {"code": "server_error", "message": "no"}}
        nango.deployments = [{}, Answer(error, 500)]
        with pytest.raises(DeployError) as caught:
            acme.session.deploy("dev", via="functions", auto_confirm=True)
        text = shown(caught.value)
        assert "Deployed: acme/syncs/contacts. Not deployed: acme/syncs/leads." in text
        assert "It is not known whether acme/syncs/leads is, or will be." in text
        assert (caught.value.deployed, caught.value.live) == (None, ("acme/syncs/contacts",))

    def test_it_is_stopped_in_the_middle(self, acme: World, nango: RemoteNango) -> None:
        def stop(*_: object) -> object:
            raise KeyboardInterrupt

        from nangonb._deploy import DeployingFunctions, prepare_functions

        session = acme.session
        target = session.own.connections.target("dev")
        sources = prepare_functions(session.project)
        deploying = DeployingFunctions(
            sources, session.own.connections.client(target), target.label, on_script=stop
        )
        with pytest.raises(Interrupted, match="stopped while Nango deployed acme/syncs/contacts"):
            deploying.deploy(deploying.plan())

    def test_an_unknown_integration(self, acme: World, nango: RemoteNango) -> None:
        nango.scripted.api["/integrations"] = {"data": [{"unique_key": "acne", "provider": "acme"}]}
        with pytest.raises(DeployError, match="no integration 'acme'") as caught:
            acme.session.deploy("dev", via="functions", auto_confirm=True)
        assert "Did you mean 'acne'?" in caught.value.hint
        assert not nango.sent["compile"]

    def test_a_nango_without_machines_for_it(self, acme: World, nango: RemoteNango) -> None:
        message = "Failed to initialize the function execution environment"
        nango.refuse("compile", 500, "server_error", message)
        with pytest.raises(DeployError, match="Nothing was deployed") as caught:
            acme.session.deploy("dev", via="functions", auto_confirm=True)
        assert "--via functions" in caught.value.hint

    def test_what_the_api_does_not_take(self, acme: World, nango: RemoteNango) -> None:
        acme.cell("%%nango_on_event hello --event post-connection-creation --integration-id acme\n"
                  "def on_event(nango):\n    nango.log('x')\n")  # fmt: skip
        with pytest.raises(ProjectError, match="functions API") as caught:
            acme.session.deploy("dev", via="functions", auto_confirm=True)
        assert "functions-on-event" in [problem.code for problem in caught.value.problems]

    def test_options_that_do_not_go_together(self, acme: World, nango: RemoteNango) -> None:
        with pytest.raises(UsageError, match="does not go with --via functions"):
            acme.session.deploy("dev", via="functions", layout="nango-yaml")
        with pytest.raises(UsageError, match="way to deploy named 'pigeon'"):
            acme.session.deploy("dev", via="pigeon")


class TestOnTheSandbox:
    def test_it_runs_and_is_deployed_again(self, remote: World, functions_sandbox: Sandbox) -> None:
        remote.cell(yaml_of("salesforce", "fresh"))
        remote.cell(sync_of("fresh"))
        for version in ("1", "2"):
            done = remote.session.deploy("dev", via="functions", auto_confirm=True)
            assert [(each.key, each.version) for each in done.scripts] == [
                ("salesforce/syncs/fresh", version)
            ]
        config = functions_sandbox.client.get("/scripts/config").json()
        (home,) = [each for each in config if each["providerConfigKey"] == "salesforce"]
        assert "fresh" in [each["name"] for each in home["syncs"]]

    def test_what_was_deployed_otherwise_is_protected(self, remote: World) -> None:
        remote.cell(yaml_of("salesforce", "salesforce-contacts"))
        remote.cell(sync_of("salesforce-contacts"))
        with pytest.raises(DeployError, match="Nango refused salesforce/syncs/salesforce-contacts") as caught:
            remote.session.deploy("dev", via="functions", auto_confirm=True)
        assert "Cannot overwrite existing function" in shown(caught.value)


def test_the_command(functions_sandbox: Sandbox, tmp_path: Path) -> None:
    cells = [yaml_of("salesforce", "by-command", "leads"), sync_of("by-command"), sync_of("leads")]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, tmp_path / "crm.ipynb")
    environment = {
        "PATH": str(Path(shutil.which("true") or "/bin/true").parent),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "HOME": str(tmp_path),
        "NANGO_HOSTPORT": functions_sandbox.url,
        "NANGO_SECRET_KEY_DEV": functions_sandbox.key,
        "NANGONB_NODE": "/nowhere",
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nangonb", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )

    done = run("dryrun", "crm.ipynb", "by-command", "conn-1", "--remote")
    assert done.returncode == 0, done.stderr
    assert "1 record" in done.stdout or "added 1" in done.stdout
    done = run("deploy", "crm.ipynb", "dev", "--via", "functions", "--auto-confirm")
    assert done.returncode == 0, done.stderr
    assert "Deployed 2 scripts" in done.stdout
