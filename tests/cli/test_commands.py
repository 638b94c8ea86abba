"""The other commands, and what a mistyped one is answered with."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Run, command, environment, folder
from tests.demo import CONNECTIONS


class TestConnections:
    def test_as_json(self, run: Run) -> None:
        ran = run("connections", "--json")
        assert ran.code == 0
        found = json.loads(ran.out)
        assert found[0] == {
            "connection_id": "conn-1",
            "provider_config_key": "salesforce",
            "provider": "salesforce",
            "created": found[0]["created"],
            "errors": [],
        }
        assert [entry["connection_id"] for entry in found if entry["errors"]] == ["expired-1"]
        assert ran.err == ""

    def test_of_one_integration_as_text(self, run: Run) -> None:
        ran = run("connections", "--integration-id", "github")
        assert ran.code == 0
        assert "gh-1" in ran.out and "gh-2" in ran.out

    def test_of_a_misspelt_integration(self, run: Run) -> None:
        for more in ([], ["--json"]):
            ran = run("connections", "--integration-id", "githup", *more)
            assert (ran.code, ran.out) == (2, "")
            assert "Did you mean 'github'?" in ran.err

    def test_of_an_environment_without_a_key(self, run: Run) -> None:
        ran = run("connections", "--json", "-e", "prod")
        assert (ran.code, ran.out) == (3, "")
        assert "Looked for NANGO_SECRET_KEY_PROD and NANGO_SECRET_KEY" in ran.err

    def test_of_a_server_that_is_not_there(self, run: Run) -> None:
        ran = run("connections", NANGO_SECRET_KEY="k-123456", NANGO_HOSTPORT="http://127.0.0.1:9")
        assert (ran.code, ran.out) == (3, "")
        assert "ECONNREFUSED" in ran.err and "Traceback" not in ran.err


class TestCheck:
    def test_a_good_folder(self, run: Run) -> None:
        ran = run("check", folder("pass"))
        assert ran.code == 0, ran.out
        assert "contacts" in ran.out

    def test_as_json(self, run: Run) -> None:
        document = json.loads(run("check", folder("pass"), "--json").out)
        assert document["accepted"] is True
        assert document["scripts"] == ["acme/syncs/contacts"]
        assert [problem["code"] for problem in document["problems"]] == ["no-script"]

    def test_errors(self, run: Run) -> None:
        source = folder("x = (")
        ran = run("check", source)
        assert ran.code == 1
        assert "python-syntax" in ran.out or "never closed" in ran.out + ran.err
        assert not json.loads(run("check", source, "--json").out)["accepted"]


class TestMistyped:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["dry-run"], "There is no command named 'dry-run'.\nDid you mean 'dryrun'?"),
            (["--verison"], "There is no option named '--verison'.\nDid you mean '--version'?"),
            (["dryrun", "x", "y", "--read-onyl"], "unknown option '--read-onyl'.\nDid you mean --read-only?"),
            (["dryrun", "x", "y", "--valid"], "unknown option '--valid'.\nDid you mean --validation?"),
            (["dryrun", "x", "y", "z", "w"], "unexpected argument 'w'."),
            (["dryrun"], "the following arguments are required: SOURCE, NAME"),
            (["dryrun", "x", "y", "--timeout", "soon"], "invalid float value: 'soon'"),
            (["connections", "--jsn"], "unknown option '--jsn'.\nDid you mean --json?"),
        ],
    )
    def test_is_answered_with_what_was_meant(self, inside: Run, words: list[str], said: str) -> None:
        ran = inside(*words)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
        assert "Traceback" not in ran.err

    def test_nothing_at_all_shows_the_commands(self, inside: Run) -> None:
        ran = inside()
        assert ran.code == 2
        assert "dryrun" in ran.out + ran.err


class TestHelp:
    @pytest.mark.parametrize("words", [["--help"], ["-h"]])
    def test_names_every_command(self, inside: Run, words: list[str]) -> None:
        ran = inside(*words)
        assert ran.code == 0
        for name in ("dryrun", "export", "connections", "check", "sandbox", "demo"):
            assert re.search(rf"^\s+{name}\s", ran.out, re.MULTILINE), name

    @pytest.mark.parametrize("name", ["dryrun", "export", "connections", "check", "demo"])
    def test_of_each_command(self, inside: Run, name: str) -> None:
        ran = inside(name, "--help")
        assert ran.code == 0
        assert f"nangonb {name}" in ran.out

    def test_version(self, inside: Run) -> None:
        import nangonb

        assert inside("--version").out == f"nangonb {nangonb.__version__}\n"

    def test_no_command_imports_what_it_does_not_need(self) -> None:
        code = (
            "import sys\nfrom nangonb._cli.main import main\n"
            "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
            "heavy = {'pandas', 'pyarrow', 'nbformat', 'ipywidgets', "
            "'starlette', 'IPython'} & set(sys.modules)\n"
            "assert not heavy, heavy\n"
        )
        done = subprocess.run(
            [*command()[:1], "-c", code], env=environment(), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr


class TestSandbox:
    @pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
    def test_says_ready_serves_and_ends(self, stop: signal.Signals) -> None:
        process = subprocess.Popen(
            command("sandbox", "--rows", "5", "--key", "my-key"),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        ready = process.stdout.readline()
        match = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+) key my-key\n", ready)
        assert match is not None, ready
        answer = httpx.get(f"{match[1]}/connections", headers={"authorization": "Bearer my-key"})
        assert len(answer.json()["connections"]) == len(CONNECTIONS)
        process.send_signal(stop)
        out, err = process.communicate(timeout=20)
        assert process.returncode in (0, 130)
        assert (out, "Traceback" in err) == ("", False)

    def test_is_a_nango_for_the_other_commands(self, run: Run) -> None:
        with subprocess.Popen(
            command("sandbox", "--rows", "7"),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            _, url, _, key = process.stdout.readline().split()
            Path(".env").write_text(f"NANGO_HOSTPORT={url}\nNANGO_SECRET_KEY_DEV={key}\n")
            assert len(json.loads(run("connections", "--json").out)) == len(CONNECTIONS)
            process.send_signal(signal.SIGINT)

    def test_help(self, run: Run) -> None:
        ran = run("sandbox", "--help")
        assert (ran.code, "nangonb sandbox" in ran.out) == (0, True)

    def test_wrong_arguments(self, run: Run) -> None:
        ran = run("sandbox", "--rows", "many")
        assert (ran.code, ran.out) == (2, "")
        assert "'many' is not a number from 0 to" in ran.err
