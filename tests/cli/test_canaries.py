"""Secrets planted everywhere; then all that the command prints and writes is searched."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run, folder
from tests.dryrun.test_canaries import HEAD, assert_clean, plant
from tests.scripted import KEY, TOKEN, Answer, ScriptedNango

FAILS = "nango.batch_save([{'id': '1'}], 'Contact')\nnango.get('/fail', params={'sig': key + 'signature'})"


def test_all_that_is_printed_and_written(acme_run: Run, scripted: ScriptedNango) -> None:
    refusal = Answer(
        {"error": {"code": "server_error", "message": f"{KEY} may not: Authorization: Bearer {TOKEN}"}}, 500
    )
    texts = {}

    def run(*words: str, code: int) -> None:
        plant(scripted)
        scripted.api["/records"] = scripted.api["/sync/status"] = refusal
        done = acme_run(*words)
        assert done.code == code, done
        texts[" ".join(words)] = done.out + done.err
        assert done.out + done.err

    project = folder(HEAD + "\nnango.batch_save([{'id': '1'}], 'Contact')")
    run("connections", code=0)
    run("connections", "--json", code=0)
    run("dryrun", project, "contacts", "conn-1", code=0)
    run("dryrun", project, "contacts", "conn-1", "--json", code=0)
    run("dryrun", project, "contacts", "conn-1", "--save-responses", code=0)
    run("test", project, code=0)
    run("test", project, "--json", code=0)
    run("check", project, "--layout", "python", "--json", code=0)
    run("export", project, "out", "--layout", "python", code=0)
    folder(HEAD + FAILS)
    run("dryrun", project, "contacts", "conn-1", code=12)
    run("dryrun", project, "contacts", "conn-1", "--json", code=12)
    run("test", project, code=12)
    run("export", project, "out", "--layout", "python", "--diff", code=0)
    run("records", "Contact", "conn-1", "--integration-id", "acme", code=3)
    run("status", "contacts", "conn-1", "--integration-id", "acme", code=3)
    files = {str(path): path.read_text() for path in Path().rglob("*") if path.is_file()}
    assert "out/acme/tests/contacts.test.json" in files
    assert_clean({**texts, **files})
