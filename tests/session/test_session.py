"""Which script, which connection, which Nango; and errors that name what there is."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nangonb
from nangonb._dryrun import Progress
from nangonb._session import current
from nangonb._verbs import verbs
from nangonb.errors import (
    ApiError,
    ConfigurationError,
    NetworkError,
    ProjectError,
    ScriptError,
    UnknownName,
    UsageError,
)
from tests.demo import CONNECTIONS
from tests.scripted import Answer, ScriptedNango
from tests.sessions import Session
from tests.world import YAML, World, shown

PEOPLE = """%%nango_yaml
integrations:
  salesforce:
    syncs:
      people:
        runs: every day
        output: Person
        endpoint: GET /people
  salesforce-sandbox:
    syncs:
      leads:
        runs: every day
        output: Person
        endpoint: GET /leads
models:
  Person:
    id: string
"""
SCRIPT = "def fetch_data(nango):\n    nango.log(nango.connection_id)\n"


@pytest.fixture
def people(demo: World) -> World:
    demo.cell(PEOPLE)
    demo.cell(f"%%nango_sync people\n{SCRIPT}")
    demo.cell(f"%%nango_sync leads\n{SCRIPT}")
    return demo


class TestScript:
    @pytest.mark.parametrize("name", ["people", "salesforce/people", "salesforce/syncs/people"])
    def test_by_any_of_its_names(self, people: World, name: str) -> None:
        assert people.session.dryrun(name, "conn-1").script.key == "salesforce/syncs/people"

    def test_misspelt(self, people: World) -> None:
        with pytest.raises(UnknownName) as caught:
            people.session.dryrun("poeple", "conn-1")
        assert shown(caught.value) == (
            "UnknownName: There is no script named 'poeple'.\nDid you mean 'people'? There is: leads, people."
        )

    def test_declared_and_no_cell_has_it(self, demo: World) -> None:
        demo.cell(PEOPLE)
        with pytest.raises(ProjectError) as caught:
            demo.session.dryrun("people", "conn-1")
        assert "people is declared in nango.yaml (Cell In[1], line 5" in shown(caught.value)
        assert "%%nango_sync people" in shown(caught.value)

    def test_a_deleted_cell(self, people: World) -> None:
        people.session.forget("people")
        with pytest.raises(ProjectError, match="no cell has its script"):
            people.session.dryrun("people", "conn-1")

    def test_without_an_integration(self, demo: World) -> None:
        demo.cell(f"%%nango_sync lost\n{SCRIPT}")
        with pytest.raises(ProjectError) as caught:
            demo.session.dryrun("lost", "conn-1")
        assert "lost has no integration." in shown(caught.value)
        assert "#| integration: salesforce" in shown(caught.value)

    def test_of_another_integration(self, people: World) -> None:
        with pytest.raises(UnknownName) as caught:
            people.session.dryrun("people", "conn-1", integration_id="salesforc")
        assert shown(caught.value) == (
            "UnknownName: There is no integration of people named 'salesforc'.\n"
            "Did you mean 'salesforce'? There is: salesforce."
        )

    def test_the_option_gives_an_integration_to_a_script_that_has_none(self, demo: World) -> None:
        demo.cell(f"%%nango_sync lost\n{SCRIPT}")
        result = demo.session.dryrun("lost", "conn-1", integration_id="salesforce")
        assert result.trace.logs[0].message == "conn-1"

    def test_an_integration_that_nango_does_not_have(self, demo: World) -> None:
        demo.cell(f"%%nango_sync lost --integration-id salesforces\n{SCRIPT}")
        with pytest.raises(UnknownName) as caught:
            demo.session.dryrun("lost", "conn-1")
        text = shown(caught.value)
        assert "There is no integration with connections in dev · 127.0.0.1" in text
        assert "Did you mean 'salesforce'?" in text


class TestConnection:
    def ran_on(self, world: World, name: str = "people", **options: Any) -> str:
        return world.session.dryrun(name, **options).connection_id

    def test_the_argument_first_then_the_selection_then_pyproject(self, people: World) -> None:
        Path("pyproject.toml").write_text('[tool.nangonb.connections]\nsalesforce = "conn-1"\n')
        assert self.ran_on(people) == "conn-1"
        people.session.connection("conn-2")
        assert self.ran_on(people) == "conn-2"
        assert self.ran_on(people, connection="conn-1") == "conn-1"

    def test_a_wrong_one_says_who_named_it(self, people: World) -> None:
        Path("pyproject.toml").write_text('[tool.nangonb.connections]\nsalesforce = "conn-9"\n')
        with pytest.raises(UnknownName) as caught:
            people.session.dryrun("people")
        said = f"It is named in [tool.nangonb.connections] of {Path('pyproject.toml').resolve()}."
        assert "There is no connection of salesforce named 'conn-9'." in shown(caught.value)
        assert said in shown(caught.value)
        with pytest.raises(UnknownName) as given:
            people.session.dryrun("people", "conn-8")
        assert "pyproject" not in shown(given.value)

    def test_the_only_one(self, people: World) -> None:
        assert self.ran_on(people, "leads") == "conn-dev"

    def test_several_and_none_selected(self, people: World) -> None:
        with pytest.raises(UsageError) as caught:
            people.session.dryrun("people")
        text = shown(caught.value)
        assert "salesforce has 2 connections, and none is selected." in text
        assert "%nango_connection conn-1" in text and "%nango_connection conn-2" in text

    def test_misspelt(self, people: World) -> None:
        with pytest.raises(UnknownName) as caught:
            people.session.dryrun("people", "con-1")
        assert shown(caught.value) == (
            "UnknownName: There is no connection of salesforce named 'con-1'.\n"
            "Did you mean 'conn-1'? There is: conn-1, conn-2."
        )

    def test_of_another_integration(self, people: World) -> None:
        with pytest.raises(UnknownName) as caught:
            people.session.dryrun("people", "gh-1")
        assert "There is: conn-1, conn-2." in shown(caught.value)

    def test_selecting_what_is_not_there(self, people: World) -> None:
        with pytest.raises(UnknownName) as caught:
            people.session.connection("conn-3")
        assert "There is no connection named 'conn-3'." in shown(caught.value)
        with pytest.raises(UnknownName) as other:
            people.session.connection(integration_id="githup")
        assert "Did you mean 'github'?" in shown(other.value)

    def test_listing(self, people: World) -> None:
        ids = [connection.connection_id for connection in people.session.connections()]
        assert ids == CONNECTIONS
        only = people.session.connections(integration_id="github")
        assert [connection.connection_id for connection in only] == ["gh-1", "gh-2"]
        with pytest.raises(UnknownName) as caught:
            people.session.connections(integration_id="githup")
        assert "Did you mean 'github'?" in shown(caught.value)

    def test_no_connections_at_all(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/connections"] = Answer({"connections": []})
        acme.cell(YAML)
        acme.cell(f"%%nango_sync contacts\n{SCRIPT}")
        with pytest.raises(UnknownName) as caught:
            acme.session.dryrun("contacts")
        assert "Make a connection in Nango" in shown(caught.value)


class TestNango:
    def test_a_wrong_key(self, people: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGO_SECRET_KEY_DEV", "canary-wrong-key-000000")
        for run in (
            lambda: people.session.dryrun("people", "conn-1"),
            lambda: people.session.connections(),
        ):
            with pytest.raises(ApiError) as caught:
                run()
            text = shown(caught.value)
            assert "401" in text
            assert "NANGO_SECRET_KEY_DEV" in text
            assert "canary-wrong-key" not in text
            assert caught.value.exit_code == 3

    def test_an_environment_without_a_key(self, people: World) -> None:
        with pytest.raises(ConfigurationError) as caught:
            people.session.dryrun("people", "conn-1", environment="prod")
        assert "Looked for NANGO_SECRET_KEY_PROD and NANGO_SECRET_KEY" in shown(caught.value)

    def test_no_server(self, people: World, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        monkeypatch.setenv("NANGO_HOSTPORT", f"http://127.0.0.1:{port}")
        with pytest.raises(NetworkError) as caught:
            people.session.dryrun("people", "conn-1")
        text = shown(caught.value)
        assert f"No answer from Nango at http://127.0.0.1:{port}: connect ECONNREFUSED" in text
        assert "NANGO_HOSTPORT names the host." in text

    def test_https_where_plain_http_is_spoken(
        self, people: World, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NANGO_HOSTPORT", scripted.url.replace("http://", "https://"))
        with pytest.raises(NetworkError) as caught:
            people.session.dryrun("people", "conn-1")
        assert f"it speaks plain HTTP. Set NANGO_HOSTPORT={scripted.url}" in shown(caught.value)
        assert "certificate" not in shown(caught.value)

    def test_a_server_that_is_no_nango(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/connections/conn-1"] = Answer(
            b"<html>login</html>", 200, {"content-type": "text/html"}
        )
        with pytest.raises(ApiError) as caught:
            acme.sync("pass")
        assert "This does not look like Nango's API." in shown(caught.value)

    def test_json_that_breaks_off(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/connections/conn-1"] = Answer(b'{"a":', 200, {"content-type": "application/json"})
        with pytest.raises(ApiError, match="answered 200 with broken JSON for connection 'conn-1'"):
            acme.sync("pass")


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"last_sync_date": "yesterday"}, "'yesterday' is not a date."),
            ({"metadata": "[1]"}, "--metadata is a JSON object, not a list."),
            ({"metadata": "{a"}, "--metadata is not JSON: Expecting property name enclosed in double quotes"),
            ({"metadata": "@nowhere.json"}, "--metadata: nowhere.json cannot be read: "
                                            "No such file or directory."),
            ({"metadata": {"a": {1}}}, "--metadata is what JSON cannot hold: a: "),
            ({"variant": ""}, "--variant is the name of a sync variant, not ''."),
            ({"input": "{}"}, "people is a sync; only an action has an input (--input)."),
        ],
    )  # fmt: skip
    def test_wrong_values(self, people: World, options: dict[str, Any], said: str) -> None:
        with pytest.raises(UsageError) as caught:
            people.session.dryrun("people", "conn-1", **options)
        assert said in shown(caught.value)
        assert caught.value.hint or "JSON cannot hold" in said

    def test_a_date_for_an_action(self, acme: World) -> None:
        with pytest.raises(UsageError, match="do-it is an action; only a sync has a date"):
            acme.action("return 1", last_sync_date="2026-01-01")

    def test_what_an_on_event_script_does_not_take(self, acme: World) -> None:
        acme.cell("%%nango_on_event greet --integration-id acme\ndef on_event(nango):\n    pass\n")
        with pytest.raises(UsageError, match="greet is an on-event script; only a sync has a date"):
            acme.session.dryrun("greet", "conn-1", last_sync_date="2026-01-01")
        with pytest.raises(UsageError, match="greet is an on-event script; only an action has an input"):
            acme.session.dryrun("greet", "conn-1", input="{}")


class TestEmbeddedSandbox:
    def test_starts_when_needed_ends_with_the_session_and_starts_again(self) -> None:
        session = Session()
        try:
            assert session.own.connections.target().label == "sandbox"
            assert len(session.connections()) == len(CONNECTIONS)
            choice = session.connection("conn-1")
            assert "sandbox" in choice.text()
            session.close()
            assert len(session.connections()) == len(CONNECTIONS)
        finally:
            session.close()

    def test_a_sandbox_that_died_is_replaced(self) -> None:
        session = Session()
        try:
            session.connections()
            process = session.own.connections.sandbox._process
            assert process is not None
            process.kill()
            process.wait()
            assert len(session.connections()) == len(CONNECTIONS)
        finally:
            session.close()


class TestFunctions:
    def test_the_verbs_are_functions_of_the_package(
        self, scripted: ScriptedNango, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NANGO_HOSTPORT", scripted.url)
        monkeypatch.setenv("NANGO_SECRET_KEY", scripted.key)
        session = current()
        try:
            session.declare(YAML, label="Cell In[1]")
            session.declare(f"%%nango_sync contacts\n{SCRIPT}", label="Cell In[2]")
            result = nangonb.dryrun("contacts", "conn-1", variant="v2", timeout=30)
            assert nangonb.last_dryrun() is result
            assert [c.connection_id for c in nangonb.connections()] == ["conn-1"]
            assert "conn-1" in repr(nangonb.connection("conn-1"))
            assert nangonb.check().ok
            assert nangonb.export is not None and callable(nangonb.export)
            assert "contacts" in repr(nangonb.forget("contacts"))
        finally:
            session.close()

    def test_they_stay_functions_when_the_packages_of_their_names_are_imported(self) -> None:
        import importlib

        for name in ("dryrun", "export"):
            importlib.import_module(f"nangonb._{name}")
            assert getattr(nangonb, name).__module__ == f"nangonb._verbs.{name}"

    def test_they_tell_their_options_and_what_they_do(self) -> None:
        import inspect

        for verb in verbs().values():
            if not verb.in_package:
                continue
            function = getattr(nangonb, verb.function.__name__)
            parameters = inspect.signature(function).parameters
            assert function is verb.function and inspect.getdoc(function)
            if verb.in_notebook:
                options = {option.dest for option in verb.magic.options} - {"out"}
                assert options == set(parameters)

    def test_an_unknown_keyword(self) -> None:
        with pytest.raises(TypeError, match="unexpected keyword argument 'conection'"):
            nangonb.dryrun("contacts", conection="conn-1")  # type: ignore[call-arg]


class TestCheck:
    def test_everything_and_one_script(self, people: World) -> None:
        everything = people.session.check()
        assert [script.name for script in everything.scripts] == ["leads", "people"]
        assert everything.ok
        assert "No problems." in everything.text()
        people.cell(f"%%nango_sync people\n#| runs: every month\n{SCRIPT}")
        assert not people.session.check().ok
        assert not people.session.check("people").ok
        assert people.session.check("leads").ok
        with pytest.raises(UnknownName):
            people.session.check("peeple")

    def test_what_concerns_a_script(self, demo: World) -> None:
        demo.cell(PEOPLE.replace("every day", "evry day", 1), label="Cell In[1]")
        demo.cell(f"%%nango_sync people\n{SCRIPT}", label="Cell In[2]")
        demo.cell(f"%%nango_sync leads\n{SCRIPT}", label="Cell In[3]")
        # a name that is a word of messages: `text` must be …, This `runs` …
        demo.cell(f"%%nango_sync time --integration-id github --output Person\n{SCRIPT}", label="Cell In[4]")
        assert [p.code for p in demo.session.check("people").problems] == ["invalid-runs"]
        assert demo.session.check("leads").problems == ()
        assert "invalid-runs" not in [p.code for p in demo.session.check("time").problems]

    def test_a_problem_of_its_model_concerns_a_script(self, demo: World) -> None:
        demo.cell(PEOPLE.replace("id: string", "name: string"))
        demo.cell(f"%%nango_sync people\n{SCRIPT}")
        assert "model-missing-id" in [p.code for p in demo.session.check("people").problems]

    def test_a_name_inside_another_name_is_another_script(self, demo: World) -> None:
        demo.cell(f"%%nango_sync contacts --integration-id salesforce\n{SCRIPT}", label="Cell In[1]")
        demo.cell(f"%%nango_sync old-contacts\n{SCRIPT}", label="Cell In[2]")
        said = [problem.message for problem in demo.session.check("contacts").problems]
        assert not any("old-contacts" in message for message in said)
        assert "no-integration" in [problem.code for problem in demo.session.check("old-contacts").problems]


class SavedNotebook:
    """A front end that knows where the notebook is saved, and records the progress it is told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[Progress | None] = []

    def progress(self, name: str) -> Callable[[Progress | None], None]:
        return self.told.append

    def show_choice(self, choice: object) -> None: ...

    def locate_name(self, name: str) -> str | None:
        return None

    def notebook(self) -> Path | None:
        return self.path


class TestFrontEnd:
    def test_a_cell_that_this_kernel_lacks(self, demo: World, tmp_path: Path) -> None:
        cells = [PEOPLE, f"%%nango_sync people\n{SCRIPT}"]
        path = tmp_path / "book.ipynb"
        path.write_text(
            json.dumps(
                {
                    "cells": [
                        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": text, "outputs": []}
                        for n, text in enumerate(cells)
                    ],
                    "metadata": {},
                    "nbformat": 4,
                    "nbformat_minor": 5,
                }
            )
        )
        demo.session.front = SavedNotebook(path)
        demo.cell(PEOPLE)
        with pytest.raises(ProjectError) as caught:
            demo.session.dryrun("people", "conn-1")
        assert "did not run in this kernel." in shown(caught.value)
        assert "book.ipynb cell 2" in shown(caught.value)
        assert "cell-not-run" in [problem.code for problem in demo.session.check().problems]

    def test_progress_is_told_and_ended_whatever_happens(self, demo: World, tmp_path: Path) -> None:
        front = demo.session.front = SavedNotebook(tmp_path / "none.ipynb")
        demo.cell(
            "%%nango_sync slow --integration-id unreliable\ndef fetch_data(nango):\n"
            "    for page in nango.paginate('/items', params={'seconds': 0.15, 'total': 30}):\n"
            "        nango.batch_save(page, 'Item')\n    1 / 0\n"
        )
        with pytest.raises(ScriptError):
            demo.session.dryrun("slow", "flaky-1")
        told = [progress for progress in front.told if progress is not None]
        assert told and told[-1].requests >= 2 and told[-1].records >= 10
        assert told[-1].rate > 0
        assert front.told[-1] is None
