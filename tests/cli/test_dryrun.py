"""``nangonb dryrun SOURCE NAME [CONNECTION] --json``: the document, the streams, the exit codes."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from pathlib import Path

import jsonschema
import pytest

from nangonb._dryrun.document import schema
from tests.cli.conftest import Ran, Run, command, environment, folder
from tests.scripted import KEY, TOKEN, Answer, Asked, ScriptedNango

NOISE = "print('on stdout')\nimport os, sys\nos.system('echo from a child')\nsys.stdout.flush()\n"


def notebook(*cells: str) -> str:
    document = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{n}",
                "metadata": {},
                "source": text,
                "outputs": [],
                "execution_count": None,
            }
            for n, text in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    Path("book.ipynb").write_text(json.dumps(document))
    return "book.ipynb"


class TestNangosRateLimit:
    LIMITED = Answer(
        {"error": {"code": "too_many_request", "method": "GET", "path": "/proxy/a"}},
        429,
        {"Retry-After": "0", "X-RateLimit-Limit": "200"},
    )

    def test_a_wait_is_said_on_stderr_and_counted(self, acme_run: Run, scripted: ScriptedNango) -> None:
        scripted.answers = [self.LIMITED, [{"id": "1"}]]
        source = folder("nango.batch_save(nango.get('/a').data, 'Contact')")
        ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
        assert ran.code == 0, ran.err
        assert "Waiting 1 s for Nango's rate limit: GET /a through connection 'conn-1'" in ran.err
        assert (ran.document["waits"], ran.document["counts"]["requests"]) == (1, 1)
        assert [problem["code"] for problem in ran.document["problems"]] == ["rate-limit"]

    def test_connections_wait_too(self, acme_run: Run, scripted: ScriptedNango) -> None:
        listed: list[Answer] = [self.LIMITED, Answer({"connections": []})]
        scripted.api["/connections"] = lambda asked: listed.pop(0)
        ran = acme_run("connections", "--json")
        assert (ran.code, json.loads(ran.out)) == (0, [])
        assert ran.err == "Waiting 1 s for Nango's rate limit: the connections\n"


class TestDocument:
    def test_of_a_sync_from_a_folder(self, acme_run: Run, scripted: ScriptedNango) -> None:
        scripted.answers = [[{"id": "1", "name": "Zoë"}, {"id": "2"}]]
        source = folder(
            NOISE + "nango.batch_save(nango.get('/a', params={'q': 'x'}).data, 'Contact')\n"
            "nango.batch_delete([{'id': '9'}], 'Contact')\nnango.log('done')"
        )
        ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
        assert ran.code == 0, ran.err
        document = ran.document
        assert document["schema"] == 1
        assert (document["script"], document["connection_id"], document["state"]) == (
            "acme/syncs/contacts", "conn-1", "succeeded",
        )  # fmt: skip
        assert document["records"] == {"Contact": [{"id": "1", "name": "Zoë"}, {"id": "2"}]}
        assert document["deleted"] == {"Contact": [{"id": "9"}]}
        counts = {"added": 2, "updated": 0, "deleted": 1, "requests": 1, "writes": 0, "metadata_writes": 0}
        assert document["counts"] == counts
        assert [(r["method"], r["endpoint"], r["status"]) for r in document["requests"]] == [
            ("GET", "/a", 200)
        ]
        assert [entry["message"] for entry in document["logs"]] == ["done"]
        assert (document["output"], document["error"], document["problems"]) == (None, None, [])
        assert "on stdout" in ran.err and "from a child" in ran.err
        assert ran.out.count("\n") == 1

    def test_of_an_action_from_a_notebook(self, acme_run: Run) -> None:
        source = notebook(
            "%%nango_action do-it --integration-id acme\n"
            "def run_action(nango, input):\n    return {'twice': input['n'] * 2}\n"
        )
        ran = acme_run("dryrun", source, "do-it", "conn-1", "-i", '{"n": 2}', "--json")
        assert (ran.code, ran.document["output"]) == (0, {"twice": 4})

    @pytest.mark.parametrize("more", [["--json"], []])
    def test_without_waiting_for_what_makes_frames(
        self, acme_run: Run, scripted: ScriptedNango, more: list[str]
    ) -> None:
        scripted.answers = [[{"id": "1", "name": "Zoë"}, {"id": "2", "name": "Ada"}]]
        source = folder("nango.batch_save(nango.get('/a').data, 'Contact')")
        ran = acme_run("dryrun", source, "contacts", "conn-1", *more, PYTHONPROFILEIMPORTTIME="1")
        assert ran.code == 0 and "Zoë" in ran.out
        imported = {line.rpartition("|")[2].strip() for line in ran.err.splitlines()}
        assert "httpx" in imported  # the list is that of this process
        assert not imported & {"numpy", "pandas", "pyarrow"}

    def test_of_the_quickstart_in_the_embedded_sandbox(self, run: Run, root: Path) -> None:
        source = str(root / "notebooks" / "quickstart.ipynb")
        ran = run("dryrun", source, "salesforce-contacts", "conn-1", "--json")
        assert ran.code == 0, ran.err
        assert ran.document["counts"]["added"] == 2413
        assert ran.document["target"] == "sandbox"

    def test_of_a_script_that_fails(self, acme_run: Run, scripted: ScriptedNango) -> None:
        source = folder("nango.batch_save([{'id': '1'}], 'Contact')\nraise ValueError('no')")
        ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
        assert ran.code == 12
        document = ran.document
        assert document["state"] == "failed"
        assert document["records"] == {"Contact": [{"id": "1"}]}
        error = document["error"]
        assert (error["type"], error["name"], error["message"]) == (
            "script_internal_error",
            "ValueError",
            "no",
        )
        assert error["place"]["line"] == 3
        assert error["place"]["source"].endswith("contacts.py")
        assert "---->   3     raise ValueError('no')" in ran.err

    def test_of_odd_values(self, acme_run: Run, scripted: ScriptedNango) -> None:
        from tests.dryrun.test_faults import ODD_BODY, ODD_RECORDS

        scripted.answers = [ODD_BODY, ODD_BODY]
        source = folder("nango.batch_save(nango.get('/a').data['items'], 'Contact')")
        ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
        assert (ran.code, ran.document["records"]) == (0, {"Contact": ODD_RECORDS})
        shown = acme_run("dryrun", source, "contacts", "conn-1")
        assert shown.code == 0
        assert "a\\x00b\\ud83d" in shown.out and "36893488147419103233" in shown.out

    def test_of_an_error_that_is_half_a_character(self, acme_run: Run) -> None:
        source = folder("raise nango.ActionError(chr(0xd800), detail=2 ** 70)")
        ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
        assert (ran.code, ran.document["state"]) == (12, "failed")
        assert ran.document["error"]["payload"] == {"message": "\ud800", "detail": 2**70}
        assert "ActionError: \\ud800" in ran.err

    def test_values_that_are_no_json(self, acme_run: Run, scripted: ScriptedNango) -> None:
        scripted.answers = [{}]
        source = folder("nango.get('/a', params={'a': {1}})\nraise nango.ActionError('x', tags={1})")
        ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
        assert ran.code == 12
        assert ran.document["error"]["payload"] == {"message": "x", "tags": "{1}"}
        assert ran.document["requests"][0]["params"] == {"a": "{1}"}

    @pytest.mark.parametrize(
        ("words", "code", "name"),
        [
            (("contact", "conn-1"), 2, "UnknownName"),
            (("contacts", "conn-9"), 2, "UnknownName"),
            (("contacts", "conn-1", "-l", "soon"), 2, "UsageError"),
            (("contacts", "conn-1", "-e", "prod"), 3, "ConfigurationError"),
            (("do-it", "conn-1"), 1, "ProjectError"),
        ],
    )
    def test_where_nothing_was_started(
        self, acme_run: Run, scripted: ScriptedNango, words: tuple[str, ...], code: int, name: str
    ) -> None:
        variables = {"NANGO_SECRET_KEY": "", "NANGO_SECRET_KEY_DEV": KEY} if "prod" in words else {}
        source = folder("pass")
        ran = _run(scripted, ("dryrun", source, *words, "--json"), variables)
        assert ran.code == code
        assert ran.document["error"]["type"] == "not_started"
        assert ran.document["error"]["name"] == name
        assert ran.document["error"]["message"] in ran.err
        assert scripted.asked == []

    def test_a_wrong_key(self, acme_run: Run, scripted: ScriptedNango) -> None:
        ran = _run(
            scripted,
            ("dryrun", folder("pass"), "contacts", "conn-1", "--json"),
            {"NANGO_SECRET_KEY": "canary-wrong"},
        )
        assert ran.code == 3
        assert ran.document["error"]["name"] == "ApiResponseError"
        assert "canary-wrong" not in ran.out + ran.err

    def test_a_source_that_does_not_compile(self, acme_run: Run) -> None:
        source = folder("x = (")
        ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
        assert ran.code == 1
        assert ran.document["state"] == "failed"
        assert "contacts.py" in ran.err

    def test_a_source_that_is_not_there(self, acme_run: Run) -> None:
        ran = acme_run("dryrun", "nowhere.ipynb", "contacts", "--json")
        assert ran.code in (1, 2)
        assert "nowhere.ipynb" in ran.document["error"]["message"]

    def test_nothing_secret(self, acme_run: Run, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({"echo": TOKEN}, 500)]
        source = folder(
            "token = nango.get_connection()['credentials']['access_token']\nnango.log(token)\n"
            "nango.batch_save([{'id': token}], 'Contact')\nnango.get('/a', params={'t': token})"
        )
        ran = acme_run("dryrun", source, "contacts", "conn-1", "--json")
        assert ran.code == 12
        for canary in (KEY, TOKEN):
            assert canary not in ran.out + ran.err
        assert ran.document["records"] == {"Contact": [{"id": "****"}]}

    def test_its_schema_is_a_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(schema())
        assert schema()["properties"]["schema"] == {"const": 1}

    def test_the_schema_refuses_what_it_should(self, acme_run: Run) -> None:
        document = acme_run("dryrun", folder("pass"), "contacts", "conn-1", "--json").document
        validator = jsonschema.Draft202012Validator(schema())
        for wrong in (
            {**document, "schema": 2},
            {**document, "state": "failed"},
            {**document, "more": 1},
            {**document, "records": {"Contact": [{"name": "no id"}]}},
            {name: value for name, value in document.items() if name != "logs"},
        ):
            assert not validator.is_valid(wrong)


def _run(scripted: ScriptedNango, words: tuple[str, ...], variables: dict[str, str]) -> Ran:
    given = {"NANGO_HOSTPORT": scripted.url, "NANGO_SECRET_KEY": scripted.key, **variables}
    done = subprocess.run(
        command(*words), env=environment(**given), capture_output=True, text=True, timeout=60
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class TestInterrupted:
    def stop(self, scripted: ScriptedNango, body: str, *more: str) -> Ran:
        """Run it, and send SIGINT when its request arrives."""
        released = threading.Event()
        started: list[subprocess.Popen[str]] = []
        ready = threading.Event()

        def hold(asked: Asked) -> Answer:
            ready.wait(30)
            started[0].send_signal(signal.SIGINT)
            released.wait(30)
            return Answer([])

        scripted.answers = [hold]
        process = subprocess.Popen(
            command("dryrun", folder(body), "contacts", "conn-1", *more),
            env=environment(NANGO_HOSTPORT=scripted.url, NANGO_SECRET_KEY=scripted.key),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        ready.set()
        out, err = process.communicate(timeout=60)
        released.set()
        return Ran(process.returncode, out, err)

    def test_keeps_what_there_is(self, scripted: ScriptedNango) -> None:
        ran = self.stop(scripted, "nango.batch_save([{'id': '1'}], 'Contact')\nnango.get('/slow')", "--json")
        assert ran.code == 130, ran.err
        document = ran.document
        assert (document["state"], document["error"]) == ("interrupted", None)
        assert document["records"] == {"Contact": [{"id": "1"}]}
        assert [problem["code"] for problem in document["problems"]] == ["interrupted"]
        assert "Interrupted: contacts was stopped after" in ran.err
        assert "Traceback" not in ran.err

    def test_without_json(self, scripted: ScriptedNango) -> None:
        ran = self.stop(scripted, "nango.get('/slow')")
        assert (ran.code, ran.out) == (130, "")
        assert "It was at" in ran.err and "nango.get('/slow')" in ran.err

    def test_a_timeout(self, acme_run: Run) -> None:
        ran = acme_run(
            "dryrun", folder("while True: pass"), "contacts", "conn-1", "--timeout", "0.2", "--json"
        )
        assert (ran.code, ran.document["state"]) == (130, "interrupted")


class TestText:
    def test_the_result_goes_to_stdout(self, acme_run: Run) -> None:
        ran = acme_run("dryrun", folder("nango.batch_save([{'id': '1'}], 'Contact')"), "contacts", "conn-1")
        assert ran.code == 0
        assert ran.out.startswith("✓ contacts on conn-1 · dev · 127.0.0.1:")
        assert ran.err == ""

    def test_hints_name_the_command_and_files(self, acme_run: Run, scripted: ScriptedNango) -> None:
        two = [
            {"connection_id": f"conn-{n}", "provider_config_key": "acme", "provider": "acme"} for n in (1, 2)
        ]
        scripted.api["/connections"] = Answer({"connections": two})
        scripted.api["/connection"] = Answer({"connections": two})
        source = folder("import helpers\n1 / 0")
        several = acme_run("dryrun", source, "contacts").err
        assert f"nangonb dryrun {source} contacts conn-2" in several
        missing = acme_run("dryrun", source, "do-it", "conn-1").err
        assert "no file has its script" in missing and "acme/actions/do-it.py" in missing
        failed = acme_run("dryrun", source, "contacts", "conn-1").err
        assert "Code of your own goes into the file helpers.py" in failed
        assert "Kept until then: 0 records, 0 requests: --json prints all of it" in failed
        listed = acme_run("connections").out
        assert "nangonb dryrun SOURCE NAME conn-1" in listed
        checked = acme_run("check", source).out
        assert "Its file is acme/actions/do-it.py; nangonb generate DIR writes a scaffold." in checked
        for said in (several, missing, failed, listed, checked):
            assert "%nango" not in said and "last_dryrun" not in said

    def test_errors_go_to_stderr(self, acme_run: Run) -> None:
        ran = acme_run("dryrun", folder("1 / 0"), "contacts", "conn-1")
        assert (ran.code, ran.out) == (12, "")
        assert "ZeroDivisionError: division by zero" in ran.err
        assert "Traceback" not in ran.err

    def test_every_option(self, acme_run: Run) -> None:
        body = "nango.log(nango.last_sync_date.isoformat(), nango.variant, nango.get_metadata())"
        ran = acme_run(
            "dryrun", folder(body), "acme/contacts", "conn-1", "-e", "dev", "-l", "2026-01-31",
            "-m", '{"a": 1}', "--variant", "v2",
            "--validation", "--read-only", "--max-requests", "5", "--timeout", "20",
            "--integration-id", "acme", "--json",
        )  # fmt: skip
        assert ran.code == 0, ran.err
        assert ran.document["logs"][0]["message"] == '2026-01-31T00:00:00+00:00 v2 {"a":1}'


class TestRefused:
    def test_an_older_cell_of_a_notebook_is_not_run(self, acme_run: Run, scripted: ScriptedNango) -> None:
        cell = "%%nango_action do-it --integration-id acme\ndef run_action(nango, input):\n    return 1\n"
        source = notebook(cell, cell.replace("def", "async def"))
        ran = acme_run("dryrun", source, "do-it", "conn-1")
        assert (ran.code, ran.out) == (1, "")
        assert "do-it cannot be used: its cell has an error (book.ipynb cell 2)" in ran.err
        assert "run_action is async" in ran.err
        assert scripted.asked == [] and scripted.called == []

    def test_a_name_that_a_refused_file_has_too_means_no_other(self, acme_run: Run) -> None:
        source = folder("return 1", "do-it", "actions")
        other = Path(source) / "other" / "actions" / "do-it.py"
        other.parent.mkdir(parents=True)
        other.write_text("def run_action(nango, input:\n")
        ran = acme_run("dryrun", source, "do-it", "conn-1")
        assert ran.code == 1 and "has an error (other/actions/do-it.py)" in ran.err
        assert "acme/actions/do-it" in ran.err
        assert acme_run("dryrun", source, "acme/do-it", "conn-1").code == 0
