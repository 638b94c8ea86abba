"""From cells to Nango: the plan, the questions, and what is said when it goes wrong."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from nangonb._project import Problem
from nangonb._render import Displayable
from nangonb._session import ConnectionChoice
from nangonb.errors import ConfigurationError, DeployError, Interrupted, ProjectError, UnknownName
from tests.deploy.conftest import ACTION, YAML
from tests.deploying import DeployTarget
from tests.scripted import Answer, Asked, ScriptedNango
from tests.world import World, shown

ZERO = """%%nango_action_ts own --integration-id acme
import { createAction } from 'nango';
import * as z from 'zod';

export default createAction({
    description: 'Declares itself.',
    version: '1.0.0',
    input: z.void(),
    output: z.string(),
    exec: async () => 'done'
});
"""


class Front:
    """A front end that answers questions as it is told, and keeps what it was shown."""

    def __init__(self, *answers: str | BaseException | None) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []
        self.shown: list[Displayable] = []

    def ask(self, question: str) -> str | None:
        self.questions.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def show(self, result: Displayable) -> None:
        self.shown.append(result)

    def progress(self, name: str) -> Callable[[Any], None]:
        return lambda _: None

    def show_choice(self, choice: ConnectionChoice) -> None: ...

    def notice(self, problems: Sequence[Problem]) -> None: ...

    def insert_cell(self, text: str) -> bool:
        return False

    def locate_name(self, name: str) -> str | None:
        return None

    def notebook(self) -> Path | None:
        return None


def asking(world: World, *answers: str | BaseException | None) -> Front:
    front = world.session.front = Front(*answers)
    return front


class TestPlan:
    def test_it_names_the_target_and_what_would_change(self, declared: World, target: DeployTarget) -> None:
        target.live["acme/actions/do-it"] = 7
        planned = declared.session.deploy("dev", plan=True)
        assert target.deployments == [] and planned.state == "planned" and planned.ok
        text = planned.text()
        assert text.startswith(
            f"Plan for dev · {target.scripted.url.removeprefix('http://')} · layout nango-yaml"
        )
        assert "1 new, 1 updated" in text
        assert "+ new      acme         sync    contacts  –" in text
        assert "2 connections: runs at once, then at its interval" in text
        assert "~ updated  acme         action  do-it     7" in text
        assert "Nothing was deployed" in text and "Deploy it: %nango_deploy dev" in text
        assert "<b>Plan for dev" in planned.html() and "Deleted" not in planned.html()
        assert planned.as_dict()["plan"]["scripts"][1]["version"] == "7"

    def test_what_is_deleted_stands_apart(self, declared: World, target: DeployTarget) -> None:
        target.deleted = {
            "deletedModels": ["Old"],
            "deletedSyncs": [{"name": "gone", "providerConfigKey": "acme", "connections": 3}],
        }
        planned = declared.session.deploy("dev", plan=True).plan
        assert planned.deletions == [
            "sync acme/syncs/gone on 3 connections, with all records that it synced",
            "model Old, with its synced records",
        ]
        assert "PERMANENTLY DELETED:\n  − sync acme/syncs/gone" in planned.text()
        assert "Permanently deleted" in planned.html()

    @pytest.mark.parametrize("old", [["Contact", "Old"], [{"name": "Contact"}, {"name": "Old"}]])
    def test_records_of_a_model_that_is_no_longer_saved_stay(
        self, declared: World, target: DeployTarget, old: Any
    ) -> None:
        """Nango deletes no model where only named scripts are deployed."""
        target.live["acme/syncs/contacts"] = 1
        target.returns["acme/syncs/contacts"] = old
        planned = declared.session.deploy("dev", plan=True).plan
        assert "acme/syncs/contacts no longer saves Old. Its records stay in Nango" in planned.text()
        assert not planned.destructive and "DELETED" not in planned.text()
        assert declared.session.deploy("dev", auto_confirm=True).state == "deployed"
        target.deleted = {"deletedModels": ["Old"]}  # a Nango that does
        planned = declared.session.deploy("dev", plan=True).plan
        assert "stay in Nango" not in planned.text() and planned.destructive

    def test_a_model_that_another_sync_saves_is_not_mentioned(
        self, declared: World, target: DeployTarget
    ) -> None:
        target.live |= {"acme/syncs/contacts": 1, "acme/syncs/others": 1}
        target.returns |= {"acme/syncs/contacts": ["Contact", "Old"], "acme/syncs/others": ["Old"]}
        assert "Old" not in declared.session.deploy("dev", plan=True).text()

    def test_on_event_scripts_that_nango_would_delete(self, declared: World, target: DeployTarget) -> None:
        """Of on-event scripts, Nango keeps those that are sent, and deletes the others of the integration."""
        other = {"providerConfigKey": "acme", "name": "theirs", "event": "post-connection-creation"}
        target.deleted = {"deletedOnEventScripts": [other]}
        asking(declared, None)
        with pytest.raises(DeployError) as caught:
            declared.session.deploy("dev", auto_confirm=True)
        assert (caught.value.exit_code, target.deployments) == (11, [])
        planned = declared.session.deploy("dev", plan=True)
        assert "− on-event acme/on-events/theirs" in planned.text()

    def test_an_older_nango_that_says_less(self, declared: World, target: DeployTarget) -> None:
        target.scripted.api["/sync/deploy/confirmation"] = {"newSyncs": [], "deletedSyncs": []}
        target.refuse("/scripts/config", 404, "not_found")
        done = declared.session.deploy("dev", auto_confirm=True)
        assert [each.key for each in done.plan.of("sent")] == ["acme/actions/do-it", "acme/syncs/contacts"]
        assert "· sent  acme         action  do-it" in done.plan.text() and len(done.scripts) == 2

    def test_a_layout_that_nango_does_not_take(self, declared: World, target: DeployTarget) -> None:
        with pytest.raises(UnknownName, match="layout that can be deployed"):
            declared.session.deploy("dev", layout="python")

    def test_a_script_that_declares_itself_decides_the_layout(
        self, declared: World, target: DeployTarget
    ) -> None:
        declared.cell(ZERO)
        assert "layout zero-yaml" in declared.session.deploy("dev", plan=True).text()
        with pytest.raises(ProjectError) as caught:
            declared.session.deploy("dev", plan=True, layout="nango-yaml")
        assert "deploy it with `--layout zero-yaml`" in shown(caught.value)

    def test_the_line_to_type_has_the_layout(self, declared: World, target: DeployTarget) -> None:
        planned = declared.session.deploy("dev", plan=True, layout="nango-yaml")
        assert planned.next == ("Deploy it: %nango_deploy dev --layout nango-yaml",)


class TestLive:
    @pytest.mark.parametrize("tells", [True, False])
    def test_intervals_are_shown_whether_nango_repeats_them_or_not(
        self, declared: World, target: DeployTarget, tells: bool
    ) -> None:
        target.tells_runs = tells
        done = declared.session.deploy("dev", auto_confirm=True)
        assert [(each.name, each.runs or None) for each in done.scripts] == [
            ("do-it", None),
            ("contacts", "every day"),
        ]
        assert "every day" in done.text() and "<th>runs</th>" in done.html()


class TestQuestion:
    def test_yes(self, declared: World, target: DeployTarget) -> None:
        front = asking(declared, "Y")
        done = declared.session.deploy("dev")
        assert front.questions == [f"Deploy 2 scripts to {done.target}? [y/N] "]
        assert [one.text() for one in front.shown] == [done.plan.text()]
        text = done.text()
        assert "Plan for" not in text  # it was shown before
        assert text.startswith(f"✓ Deployed 2 scripts to {done.target}")
        assert "Watch it: %nango_status contacts\nIts records: %nango_records Contact" in text
        assert len(target.deployments) == 1

    @pytest.mark.parametrize("answer", ["", "n", "No", "maybe"])
    def test_no(self, declared: World, target: DeployTarget, answer: str) -> None:
        asking(declared, answer)
        done = declared.session.deploy("dev")
        assert (done.state, done.ok, target.deployments) == ("declined", False, [])
        assert "Nothing was deployed" in done.text()
        assert ("The answer was 'maybe'; y or yes deploys." in done.text()) == (answer == "maybe")

    def test_the_stop_button(self, declared: World, target: DeployTarget) -> None:
        asking(declared, KeyboardInterrupt())
        with pytest.raises(Interrupted, match="Nothing was deployed"):
            declared.session.deploy("dev")
        assert target.deployments == []

    def test_nobody_can_be_asked(self, declared: World, target: DeployTarget) -> None:
        asking(declared, None)
        with pytest.raises(DeployError) as caught:
            declared.session.deploy("dev")
        assert "This deployment needs a confirmation" in caught.value.message
        assert "%nango_deploy dev --auto-confirm" in caught.value.hint
        assert (caught.value.exit_code, caught.value.deployed, target.deployments) == (11, False, [])

    def test_a_script_without_a_front_end(
        self, declared: World, target: DeployTarget, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))  # no terminal
        with pytest.raises(DeployError, match="needs a confirmation"):
            declared.session.deploy("dev")

    def test_deletions_need_a_yes_of_their_own(self, declared: World, target: DeployTarget) -> None:
        target.deleted = {"deletedModels": ["Old"]}
        front = asking(declared, "y")
        kept = declared.session.deploy("dev", auto_confirm=True)
        assert kept.state == "declined" and "only the full word yes deletes" in kept.text()
        assert "This permanently deletes" in front.questions[0] and "model Old" in front.questions[0]
        front = asking(declared, "y", "yes")
        assert declared.session.deploy("dev").state == "deployed"
        assert len(front.questions) == 2 and len(target.deployments) == 1
        front = asking(declared, "y")
        assert declared.session.deploy("dev", allow_destructive=True).state == "deployed"
        assert front.questions == [
            f"Deploy 2 scripts to {declared.session.own.connections.target('dev').label}? [y/N] "
        ]
        asking(declared)
        both = declared.session.deploy("dev", auto_confirm=True, allow_destructive=True)
        assert both.state == "deployed"

    def test_deletions_where_nobody_can_be_asked(self, declared: World, target: DeployTarget) -> None:
        target.deleted = {"deletedModels": ["Old"]}
        asking(declared, None)
        with pytest.raises(DeployError) as caught:
            declared.session.deploy("dev", auto_confirm=True)
        assert "--auto-confirm --allow-destructive" in caught.value.hint
        assert target.deployments == []

    def test_what_waits_to_be_started_is_said(self, declared: World, target: DeployTarget) -> None:
        declared.cell(YAML.replace("runs: every day", "runs: every day\n        auto_start: false"))
        done = declared.session.deploy("dev", auto_confirm=True)
        assert "It waits to be started: %nango_start contacts\nWatch it:" in done.text()
        again = declared.session.deploy("dev", auto_confirm=True)
        assert "waits to be started" not in again.text()  # that may have happened meanwhile

    @pytest.mark.parametrize(("environment", "asked"), [("dev", 0), ("prod", 1), ("production-eu", 1)])
    def test_production_asks_whatever_the_environment_says(
        self,
        declared: World,
        target: DeployTarget,
        monkeypatch: pytest.MonkeyPatch,
        environment: str,
        asked: int,
    ) -> None:
        monkeypatch.setenv("NANGO_DEPLOY_AUTO_CONFIRM", "true")
        monkeypatch.setenv("NANGO_SECRET_KEY", target.scripted.key)
        front = asking(declared, "yes")
        done = declared.session.deploy(environment)
        assert (done.state, len(front.questions)) == ("deployed", asked)
        if asked:
            assert f"%nango_status contacts -e {environment}" in done.text()


def test_lines_after_a_deployment_lead_to_where_it_went(declared: World) -> None:
    """The sandbox is not where verbs go that name no environment, while there is a key."""
    declared.cell(YAML.replace("acme", "salesforce"), label="Cell In[1]")
    declared.session.forget("do-it")
    assert "%nango_status contacts -e sandbox" in declared.session.deploy("sandbox", auto_confirm=True).text()
    listed = declared.session.connection(environment="sandbox", integration_id="salesforce")
    assert "%nango_connection conn-1 -e sandbox" in listed.text()


def fails(world: World, **options: Any) -> DeployError:
    with pytest.raises(DeployError) as caught:
        world.session.deploy("dev", auto_confirm=True, **options)
    return caught.value


class TestRefused:
    def test_a_wrong_key(
        self, declared: World, target: DeployTarget, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY_DEV", "wrong-key-0000")
        error = fails(declared)
        assert error.message.endswith("Nothing was deployed.") and "NANGO_SECRET_KEY_DEV" in error.hint
        assert "wrong-key" not in shown(error)

    def test_no_key(self, declared: World, target: DeployTarget) -> None:
        with pytest.raises(ConfigurationError, match="No secret key is set for the environment 'staging'"):
            declared.session.deploy("staging")

    def test_an_unknown_integration(self, declared: World, target: DeployTarget) -> None:
        target.refuse("/sync/deploy/confirmation", 400, "unknown_provider_config", "No such integration")
        listed = [{"unique_key": "acme-prod", "provider": "acme"}]
        target.scripted.api["/integrations"] = {"data": listed}
        error = fails(declared)
        assert error.message.startswith("There is no integration 'acme' in dev")
        assert "Did you mean 'acme-prod'?" in error.hint and error.code == "unknown_provider_config"

    def test_a_refused_payload_names_the_line(self, declared: World, target: DeployTarget) -> None:
        target.refuse(
            "/sync/deploy/confirmation",
            400,
            "invalid_body",
            errors=[
                {
                    "code": "invalid_string",
                    "message": "Invalid frequency",
                    "path": ["flowConfigs", 0, "runs"],
                },
                {"code": "custom", "message": "No", "path": ["flowConfigs", 1, "fileBody", "js"]},
                {"code": "custom", "message": "Required", "path": ["environment"]},
            ],
        )
        error = fails(declared)
        text = shown(error)
        assert "refuses the deployment. Nothing was deployed." in text
        assert (
            "Cell In[1], line 7, column 15: error server-refused: acme/syncs/contacts: runs: Invalid" in text
        )
        assert "        runs: every day" in text
        assert "acme/actions/do-it: fileBody.js: No" in text
        assert "error server-refused: environment: Required" in text

    @pytest.mark.parametrize("layout", ["nango-yaml", "zero-yaml"])
    def test_a_server_of_another_version(self, acme: World, target: DeployTarget, layout: str) -> None:
        acme.cell(YAML)
        acme.cell("%%nango_sync contacts\ndef fetch_data(nango):\n    nango.batch_save([], 'Contact')\n")
        acme.cell("%%nango_action do-it\ndef run_action(nango, input):\n    return {'id': '1'}\n")
        errors = [
            {
                "code": "unrecognized_keys",
                "message": "Unrecognized keys",
                "keys": ["features"],
                "path": ["flowConfigs", 0],
            }
        ]
        target.refuse("/sync/deploy", 400, "invalid_body", errors=errors)
        error = fails(acme, layout=layout)
        assert "does not accept what nango" in error.message and "(features)" in error.message
        assert error.deployed is False
        other = "zero-yaml" if layout == "nango-yaml" else "nango-yaml"
        assert f"--layout {other}" in error.hint

    @pytest.mark.parametrize(
        ("code", "status", "said"),
        [
            ("invalid_cli_version", 400, "newer versions of Nango's CLI"),
            ("concurrent_deployment", 409, "Another deployment to dev"),
            ("deploy_script_security_rejected", 400, "deploy_script_security_rejected"),
            ("resource_capped", 400, "resource_capped"),
        ],
    )
    @pytest.mark.parametrize("path", ["/sync/deploy/confirmation", "/sync/deploy"])
    def test_other_codes(
        self, declared: World, target: DeployTarget, path: str, code: str, status: int, said: str
    ) -> None:
        target.refuse(path, status, code)
        error = fails(declared)
        assert said in error.message and error.message.endswith("Nothing was deployed.")
        assert (error.code, error.deployed, target.deployments) == (code, False, [])


class TestBrokenOff:
    def test_before_the_plan(self, declared: World, scripted: ScriptedNango, target: DeployTarget) -> None:
        scripted.close()
        error = fails(declared)
        assert "ECONNREFUSED" in error.message and error.message.endswith("Nothing was deployed.")

    def test_between_plan_and_deployment(self, declared: World, target: DeployTarget) -> None:
        front = asking(declared, "y")
        answer = front.ask

        def leave(question: str) -> str | None:
            target.scripted.close()  # while the question stands there
            declared.session.own.connections.client(declared.session.own.connections.target("dev")).close()
            return answer(question)

        front.ask = leave  # type: ignore[method-assign]
        with pytest.raises(DeployError) as caught:
            declared.session.deploy("dev")
        assert caught.value.message.endswith("Nothing was deployed.") and caught.value.deployed is False

    def test_the_answer_is_lost(self, declared: World, target: DeployTarget) -> None:
        def lost(asked: Asked) -> Answer:
            target.deploy(asked)
            return Answer(b"bad gateway", 502)

        target.scripted.api["/sync/deploy"] = lost
        error = fails(declared)
        assert "502" in error.message
        assert "All the same Nango has deployed acme/syncs/contacts, acme/actions/do-it." in error.message
        assert error.deployed is True and len(error.live) == 2

    def test_some_of_it_is_live(self, declared: World, target: DeployTarget) -> None:
        def half(asked: Asked) -> Answer:
            target.put(asked.json["flowConfigs"][0])
            return Answer({"error": {"code": "server_error", "message": "it broke"}}, 500)

        target.scripted.api["/sync/deploy"] = half
        error = fails(declared)
        assert "Deployed: acme/syncs/contacts. Not deployed: acme/actions/do-it." in error.message
        assert (error.deployed, error.live, error.code) == (None, ("acme/syncs/contacts",), "server_error")

    def test_the_connection_breaks_and_nothing_is_live(self, declared: World, target: DeployTarget) -> None:
        def gone(asked: Asked) -> Any:
            raise ConnectionError  # the server closes without an answer

        target.scripted.api["/sync/deploy"] = gone
        error = fails(declared)
        assert "Nango has deployed nothing of it until now." in error.message
        assert "Deploying again is safe" in error.hint and error.deployed is None

    def test_nango_does_not_say_what_is_live(self, declared: World, target: DeployTarget) -> None:
        target.refuse("/scripts/config", 403, "forbidden")
        target.refuse("/sync/deploy", 500, "server_error")
        error = fails(declared)
        assert "It is not known whether the 2 scripts are deployed, or not." in error.message


class TestNotSent:
    """What is wrong with the scripts is said before anything is asked of Nango."""

    def refused(self, world: World, target: DeployTarget, **options: Any) -> str:
        with pytest.raises(ProjectError) as caught:
            world.session.deploy("dev", auto_confirm=True, **options)
        assert target.scripted.called == []
        assert "Nothing was deployed." in caught.value.message
        return shown(caught.value)

    def test_nothing_declared(self, acme: World, target: DeployTarget) -> None:
        assert "no cell has a script" in self.refused(acme, target)

    def test_an_error_of_the_project(self, declared: World, target: DeployTarget) -> None:
        declared.cell(YAML.replace("every day", "now and then"), label="Cell In[1]")
        assert "Cell In[1], line 7" in self.refused(declared, target)

    def test_a_script_that_throws_when_it_is_loaded(self, declared: World, target: DeployTarget) -> None:
        declared.cell(ACTION.replace("\nexport default", "\nJSON.parse('{');\nexport default"))
        text = self.refused(declared, target)
        assert "Cell In[5], line 5" in text and "does-not-load" in text and "SyntaxError" in text
        assert "    JSON.parse('{');" in text

    def test_a_module_that_throws_when_it_is_loaded(self, declared: World, target: DeployTarget) -> None:
        module = (
            "%%nango_module_ts helpers/first\nexport const first = (rows: any[]): string => rows[0].id;\n"
        )
        declared.cell(module + "throw new RangeError('too much');\n")
        text = self.refused(declared, target)
        assert "Cell In[5], line 3" in text and "RangeError: too much" in text

    def test_what_the_cli_would_not_compile(self, declared: World, target: DeployTarget) -> None:
        declared.cell(ACTION.replace("{ id: first(response.data) }", "{ id: 1 }"))
        text = self.refused(declared, target)
        assert "Cell In[5], line 7" in text and "ts-2322" in text

    def test_python_whose_translation_does_not_compile(self, declared: World, target: DeployTarget) -> None:
        declared.cell(
            "%%nango_module helpers/keep\ndef keep(nango):\n    nango.set_metadata([1])\n", label="Cell In[8]"
        )
        text = self.refused(declared, target)
        assert "Cell In[8], line 3" in text and "error ts-2345" in text
        assert "In TypeScript: await nango.setMetadata([1]);" in text

    def test_a_module_that_is_not_there(self, declared: World, target: DeployTarget) -> None:
        declared.session.forget("helpers/first")
        assert "helpers/first" in self.refused(declared, target)

    def test_a_package_that_the_runner_lacks(self, declared: World, target: DeployTarget) -> None:
        line = "    // @ts-ignore\n    const lodash = require('lodash');\n"
        body = ACTION.replace("    return {", f"{line}    return {{")
        declared.cell(body.replace("first(response.data)", "lodash(first(response.data))"))
        text = self.refused(declared, target)
        assert "Cell In[5], line 8" in text and "does-not-bundle" in text
        assert "Module 'lodash' is not allowed" in text

    def test_calls_of_constructor(self, declared: World, target: DeployTarget) -> None:
        line = "    const made = (response as any).constructor('x');\n"
        declared.cell(ACTION.replace("    return {", f"{line}    await nango.log(made);\n    return {{"))
        text = self.refused(declared, target)
        assert "Cell In[5], line 7" in text and "constructor-call" in text

    def test_python_in_its_translation(self, declared: World, target: DeployTarget) -> None:
        """What a translated script does wrong when it is loaded is said at the line of the Python."""
        declared.cell(
            "%%nango_sync contacts\nTEXT = 'x'\nLAST = int(TEXT)\n\n"
            "def fetch_data(nango):\n    nango.batch_save([{'id': str(LAST)}], 'Contact')\n"
        )
        with pytest.raises(ProjectError) as caught:
            declared.session.deploy("dev", auto_confirm=True)
        assert "Cell In[5], line 3" in shown(caught.value)
