"""``nangonb dryrun``, ``check`` and ``export`` on folders with TypeScript scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nangonb._folders import read
from nangonb._node import declarations, isolation
from nangonb.errors import ProjectError
from tests.cli.conftest import Run
from tests.folders.making import write_folder
from tests.folders.test_typescript_folder import FLAT, NESTED, ZERO
from tests.scripted import ScriptedNango
from tests.sessions import Session


def of_acme(files: dict[str, str]) -> dict[str, str]:
    """The same files, of the integration that the scripted Nango has."""
    homes = ("salesforce", "github")

    def renamed(text: str) -> str:
        for home in homes:
            text = text.replace(f"{home}/", "acme/").replace(f"  {home}:", "  acme:")
        return text

    return {renamed(name): renamed(text) for name, text in files.items()}


@pytest.mark.parametrize(
    ("files", "name", "model"),
    [(NESTED, "contacts", "Contact"), (FLAT, "contacts", "Contact"), (ZERO, "issues", "Issue")],
    ids=["nested", "flat", "zero-yaml"],
)
def test_dryrun(
    files: dict[str, str], name: str, model: str, acme_run: Run, scripted: ScriptedNango, tmp_path: Path
) -> None:
    scripted.answers = [[{"Id": "1", "id": 1}, {"Id": "2", "id": 2}]]
    folder = write_folder(tmp_path / "nango-integrations", of_acme(files))
    done = acme_run("dryrun", str(folder), name, "conn-1", "--json")
    assert done.code == 0, done.err
    assert done.document["records"] == {model: [{"id": "1"}, {"id": "2"}]}
    assert done.document["problems"] == []


def test_an_error_names_the_file_and_its_line(acme_run: Run, scripted: ScriptedNango, tmp_path: Path) -> None:
    scripted.answers = [[None]]
    folder = write_folder(tmp_path / "nango-integrations", of_acme(NESTED))
    done = acme_run("dryrun", str(folder), "contacts", "conn-1", "--json")
    assert done.code == 12
    place = done.document["error"]["place"]
    assert (place["source"], place["line"]) == ("acme/mappers/to-contact.ts", 1)
    assert "acme/syncs/contacts.ts" in done.err and "Cell" not in done.err


def test_saved_responses_are_replayed(acme_run: Run, scripted: ScriptedNango, tmp_path: Path) -> None:
    scripted.answers = [[{"Id": "1"}]]
    folder = write_folder(tmp_path / "nango-integrations", of_acme(NESTED))
    assert acme_run("dryrun", str(folder), "contacts", "conn-1", "--save-responses").code == 0
    assert (folder / "acme/tests/contacts.test.json").is_file()
    done = acme_run("test", str(folder), "--json")
    assert [json.loads(line)["passed"] for line in done.out.splitlines()] == [True]


@pytest.mark.parametrize("files", [NESTED, FLAT, ZERO], ids=["nested", "flat", "zero-yaml"])
def test_check(files: dict[str, str], inside: Run, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "nango-integrations", files)
    done = inside("check", str(folder))
    assert done.code == 0, done.out
    assert "2 scripts" in done.out and "No problems." in done.out
    document = json.loads(inside("check", str(folder), "--json").out)
    assert document["accepted"] is True and len(document["scripts"]) == 2


def test_check_of_scripts_that_were_wrapped(inside: Run, tmp_path: Path) -> None:
    """They stay as they were, without suffixes in their imports: the checker knows their folder."""
    folder = write_folder(tmp_path / "in", NESTED)
    out = tmp_path / "out"
    assert inside("export", str(folder), str(out), "--layout", "zero-yaml").code == 0
    assert "No problems." in inside("check", str(out)).out
    issues = out / "github/syncs/issues.ts"
    issues.parent.mkdir(parents=True)
    issues.write_text(ZERO["github/syncs/issues.ts"].replace("to-issue.js", "to-issue"))
    mapper = out / "github/mappers/to-issue.ts"
    mapper.parent.mkdir(parents=True)
    mapper.write_text(ZERO["github/mappers/to-issue.ts"])
    shown = inside("check", str(out)).out
    assert "ts-2835" in shown and "Write '../mappers/to-issue.js'." in shown


WRONG = {
    "no default export": {"acme/syncs/contacts.ts": "export const x = 1;\n"},
    "no script": {"acme/syncs/contacts.ts": None},
    "no event": {"acme/on-events/greet.ts": "//| version: 1\nexport default async function onEvent() {}\n"},
    "twice": {"acme/syncs/contacts.py": "def fetch_data(nango):\n    pass\n"},
    "of another": {"acme/actions/more.ts": "//| integration: hubspot\nexport default async () => {};\n"},
    "python": {"acme/actions/fields.ts": "def run_action(nango, input):\n    return None\n"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_hints_speak_of_files(wrong: str, inside: Run, tmp_path: Path) -> None:
    files: dict[str, str | None] = {**of_acme(NESTED), **WRONG[wrong]}
    there = {name: text for name, text in files.items() if text is not None}
    folder = write_folder(tmp_path / "nango-integrations", there)
    document = json.loads(inside("check", str(folder), "--json").out)
    assert document["problems"]
    for problem in document["problems"]:
        said = f"{problem['message']} {problem['hint']}"
        assert "%%" not in said and "cell" not in said.replace("no cell or file", ""), said
        assert problem["place"]["source"].startswith(("acme/", "nango.yaml"))


#: What this declares is known only when it runs.
LOOP = "const said: string[] = [];\nfor (const word of ['it', 'ran']) said.push(word);\n"
COMPUTED = ZERO | {
    "github/syncs/issues.ts": ZERO["github/syncs/issues.ts"]
    .replace("const Issue =", f"{LOOP}const Issue =")
    .replace("'Issues'", "said.join(' ')")
}


@pytest.fixture
def unisolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system that permits no namespaces."""
    monkeypatch.setattr(declarations, "isolation", tuple)
    monkeypatch.setattr(declarations, "_threads", type("Fresh", (), {})())


def test_code_is_not_run_unasked_to_learn_what_it_declares(
    inside: Run, tmp_path: Path, unisolated: None
) -> None:
    folder = write_folder(tmp_path / "theirs", COMPUTED)
    done = inside("check", str(folder))
    assert done.code == 1
    assert "github/syncs/issues.ts, line 6" in done.out and "needs-trust" in done.out
    assert "add --trust" in done.out
    done = inside("import", str(folder), str(tmp_path / "a.ipynb"))
    assert done.code != 0 and "nothing was written" in done.err and "add --trust" in done.err
    assert not (tmp_path / "a.ipynb").exists()
    done = inside("export", str(folder), str(tmp_path / "out"), "--layout", "zero-yaml")
    assert done.code != 0 and "add --trust" in done.err
    assert not (tmp_path / "out").exists()


def test_with_trust_it_is_run(inside: Run, tmp_path: Path, unisolated: None) -> None:
    folder = write_folder(tmp_path / "theirs", COMPUTED)
    done = inside("check", str(folder), "--trust", "--json")
    assert json.loads(done.out)["accepted"], done.out
    assert inside("import", str(folder), str(tmp_path / "a.ipynb"), "--trust").code == 0
    done = inside("export", str(folder), str(tmp_path / "out"), "--layout", "zero-yaml", "--trust")
    assert done.code == 0, done.err
    assert (tmp_path / "out/github/syncs/issues.ts").read_text() == COMPUTED["github/syncs/issues.ts"]


def test_what_is_literal_needs_no_trust(inside: Run, tmp_path: Path, unisolated: None) -> None:
    folder = write_folder(tmp_path / "theirs", ZERO)
    assert inside("check", str(folder)).code == 0
    assert inside("import", str(folder), str(tmp_path / "a.ipynb")).code == 0
    assert inside("export", str(folder), str(tmp_path / "out"), "--layout", "zero-yaml").code == 0


@pytest.mark.skipif(not isolation(), reason="this system permits no namespaces to users")
def test_where_the_system_isolates_it_nothing_is_asked(inside: Run, tmp_path: Path) -> None:
    assert inside("check", str(write_folder(tmp_path / "theirs", COMPUTED))).code == 0


def test_in_a_kernel_the_error_names_the_option(tmp_path: Path, unisolated: None) -> None:
    folder = write_folder(tmp_path / "theirs", COMPUTED)
    with pytest.raises(ProjectError) as caught:
        Session().import_folder(folder, tmp_path / "a.ipynb")
    assert "--trust (in Python: trust=True)" in "\n".join(caught.value.lines())
    assert Session().import_folder(folder, tmp_path / "a.ipynb", trust=True).scripts == 2


def test_a_dry_run_of_a_folder_is_asked_for(acme_run: Run, scripted: ScriptedNango, tmp_path: Path) -> None:
    """Its code runs anyway. Without ``unshare`` on the PATH nothing isolates it."""
    scripted.answers = [[{"id": 1}]]
    folder = write_folder(tmp_path / "theirs", of_acme(COMPUTED))
    done = acme_run("dryrun", str(folder), "issues", "conn-1", "--json", PATH="/nowhere")
    assert done.code == 0, done.err
    assert done.document["records"] == {"Issue": [{"id": "1"}]}


HOSTILE = """
const found: string[] = [];
const make: any = (Buffer as any)['con' + 'structor'];
try { found.push(typeof make('return process')()); } catch (error: any) { found.push(error.name); }
try { found.push(typeof (globalThis as any).process); } catch (error: any) { found.push(error.name); }
"""


def test_hostile_code_of_a_folder_reaches_nothing(inside: Run, tmp_path: Path) -> None:
    text = ZERO["github/actions/whoami.ts"].replace("export default", HOSTILE + "export default")
    folder = write_folder(
        tmp_path / "theirs", ZERO | {"github/actions/whoami.ts": text.replace("'Who'", "found.join()")}
    )
    project = read([folder], trust=True)
    assert project.script("whoami").config.description == "EvalError,undefined"
