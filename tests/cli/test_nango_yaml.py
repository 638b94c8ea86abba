"""``nangonb check`` over nango.yaml files, and ``nangonb generate``."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nangonb._export import generate
from nangonb._export.generate import Language
from nangonb._folders import read
from nangonb.errors import FolderError, ProjectError
from tests.cli.conftest import Run
from tests.project.nango_yaml.differences import CRASHES, UNREADABLE

YAML = """\
integrations:
    salesforce:
        syncs:
            contacts:
                runs: every day
                output: Contact
                endpoint: /crm/contact
        actions:
            get-contact:
                input: ContactId
                output: Contact
                endpoint: POST /crm/contact
        on-events:
            post-connection-creation:
                - greet
models:
    Contact:
        id: string
        email?: string
    ContactId:
        id: string
"""


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[dict[str, Any]]:
    with gzip.open(shared / "nango" / "golden" / "yaml-corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_every_file_of_the_corpus_in_one_command(
    run: Run, cases: list[dict[str, Any]], tmp_path: Path
) -> None:
    paths = []
    for number, case in enumerate(cases):
        path = tmp_path / f"{number:03d}.yaml"
        path.write_text(case["yaml"], "utf-8", newline="")
        paths.append(str(path))
    ran = run("check", "--json", *paths)
    assert ran.code == 1 and ran.err == ""
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["file"] for answer in answers] == paths
    for answer, case in zip(answers, cases, strict=True):
        expected = case["expected"]
        assert answer["accepted"] == expected["cli_accepts"], case["name"]
        if case["name"] in UNREADABLE:
            assert answer["errors"][0]["code"].replace("_", "-") == UNREADABLE[case["name"]]
            continue
        assert answer["version"] == expected["version"]
        assert answer["schema_errors"] == expected.get("schema_errors", [])
        if case["name"] not in CRASHES:
            assert answer["errors"] == expected["errors"], case["name"]
            assert answer["parsed"] == expected["parsed"], case["name"]
            assert answer["warnings"] == expected["warnings"], case["name"]


def test_for_people(run: Run) -> None:
    Path("nango.yaml").write_text(YAML.replace("every day", "evry day"))
    ran = run("check", "nango.yaml")
    assert ran.code == 1
    assert "nango.yaml, line 5" in ran.out and "runs: evry day" in ran.out
    assert "every day" in ran.out.split("evry day")[-1]  # the hint


def test_a_quote_that_is_not_closed_is_shown_where_it_begins(run: Run) -> None:
    Path("nango.yaml").write_text(YAML.replace("every day", '"every day'))
    ran = run("check", "nango.yaml")
    assert ran.code == 1
    assert "The closing quote is missing." in ran.out
    assert "nango.yaml, line 5, column 23" in ran.out and 'runs: "every day' in ran.out


def test_a_good_file(run: Run) -> None:
    Path("nango.yaml").write_text(YAML)
    assert run("check", "nango.yaml").code == 0
    missing = run("check", "nangu.yaml")
    assert missing.code != 0 and "nango.yaml" in missing.err


class TestGenerate:
    def test_python_that_runs(self, run: Run) -> None:
        Path("nango.yaml").write_text(YAML)
        assert run("generate", ".").code == 0
        project = read(["."])
        assert [script.key for script in project.scripts] == [
            "salesforce/actions/get-contact",
            "salesforce/on-events/greet",
            "salesforce/syncs/contacts",
        ]
        assert not [problem for problem in project.problems if problem.severity == "error"]
        ran = run("dryrun", ".", "get-contact", "conn-1", "-i", '{"id": "1"}', "--json", "--validation")
        assert ran.document["output"] == {"id": ""}
        assert run("dryrun", ".", "contacts", "conn-1").code == 0

    def test_python_passes_a_strict_type_checker(self) -> None:
        Path("nango.yaml").write_text(YAML)
        generate(Path(), "python")
        files = [str(path) for path in Path().rglob("*.py")]
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "mypy",
                "--strict",
                "--no-namespace-packages",
                "--scripts-are-modules",
                "models.py",
            ],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        assert len(files) == 4

    def test_what_is_there_stays(self) -> None:
        Path("nango.yaml").write_text(YAML)
        mine = Path("salesforce/syncs/contacts.ts")
        mine.parent.mkdir(parents=True)
        mine.write_text("// mine\n")
        made = generate(Path(), "typescript")
        assert mine.read_text() == "// mine\n"
        assert made.kept == ("salesforce/syncs/contacts.ts",)
        assert "salesforce/actions/get-contact.ts" in made.created
        again = generate(Path(), "python")
        assert again.created == () and len(again.kept) == 3

    @pytest.mark.parametrize(("name", "language"), [("models.ts", "typescript"), ("models.py", "python")])
    def test_a_file_that_nobody_generated_is_not_overwritten(
        self, name: str, language: Language, run: Run
    ) -> None:
        Path("nango.yaml").write_text(YAML)
        Path(name).write_text("// mine\n")
        ran = run("generate", ".", "--language", language)
        assert ran.code == 1 and f"{name}: nangonb did not write it" in ran.err
        assert Path(name).read_text() == "// mine\n" and not Path("salesforce").exists()
        assert run("generate", ".", "--language", language, "--force").code == 0
        assert "Contact" in Path(name).read_text()
        Path("nango.yaml").write_text(YAML.replace("Contact", "Person"))
        assert run("generate", ".", "--language", language).code == 0  # what it generated, it makes anew
        assert "Person" in Path(name).read_text()

    def test_what_the_cli_generates(self) -> None:
        Path("nango.yaml").write_text(YAML)
        generate(Path(), "typescript")
        assert "export interface Contact {" in Path("models.ts").read_text()
        schema = json.loads(Path(".nango/schema.json").read_text())
        assert set(schema["definitions"]) == {"Contact", "ContactId"}
        flows = json.loads(Path(".nango/nango.json").read_text())
        assert flows[0]["onEventScripts"]["post-connection-creation"] == ["greet"]

    def test_a_file_that_nango_refuses(self) -> None:
        Path("nango.yaml").write_text(YAML.replace("every day", "evry day"))
        with pytest.raises(ProjectError) as raised:
            generate(Path(), "python")
        assert raised.value.problems[0].place.line == 5  # type: ignore[union-attr]
        assert sorted(path.name for path in Path().iterdir()) == ["nango.yaml"]

    def test_no_file(self) -> None:
        with pytest.raises(FolderError, match=r"no nango\.yaml"):
            generate(Path(), "python")
