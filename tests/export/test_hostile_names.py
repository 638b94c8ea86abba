"""Names that cannot be files, or would be two things at once: nothing is written, not even half of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangonb.errors import ProjectError
from tests.export.test_export import files
from tests.folders.making import YAML
from tests.sessions import Session

LAYOUTS = ("nango-yaml", "zero-yaml", "python")
SCRIPT = "\ndef fetch_data(nango):\n    nango.log('1')\n"


def refused(out: Path, *cells: str, layout: str) -> str:
    """What an export says that writes nothing, into a new folder and into one that is there."""
    session = Session()
    for number, cell in enumerate(cells, 1):
        session.declare(cell, label=f"Cell In[{number}]")
    before = files(out) if out.exists() else None
    with pytest.raises(ProjectError) as caught:
        session.export(out, layout=layout)
    assert (files(out) if out.exists() else None) == before
    with pytest.raises(ProjectError):
        session.export(out, layout=layout, check=True)
    return "\n".join(caught.value.lines())


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", ["n" * 300, "n" * 240])
def test_names_that_are_too_long(tmp_path: Path, layout: str, name: str) -> None:
    said = refused(
        tmp_path / "out", YAML.replace("contacts", name), f"%%nango_sync {name}{SCRIPT}", layout=layout
    )
    assert "error file-name: " in said and "bytes, and may have" in said
    assert "Cell In[2]" in said


def test_the_longest_names_that_there_may_be(tmp_path: Path, layout: str) -> None:
    session = Session()
    name = "n" * 220
    session.declare(YAML.replace("contacts", name), label="1")
    session.declare(f"%%nango_sync {name}{SCRIPT}", label="2")
    session.export(tmp_path / "out", layout=layout)
    assert any(name in path for path in files(tmp_path / "out"))


@pytest.mark.parametrize(
    ("name", "layouts"),
    [
        ("models.ts", ("nango-yaml",)),
        ("package.json", ("nango-yaml", "zero-yaml")),
        ("nango.yaml", ("nango-yaml", "python")),
        ("README.md", LAYOUTS),
        ("index.ts", ("zero-yaml",)),
    ],
)
def test_an_integration_of_the_name_of_a_file(tmp_path: Path, name: str, layouts: tuple[str, ...]) -> None:
    yaml = YAML.replace("salesforce:", f"{name}:")
    assert yaml != YAML
    for layout in layouts:
        said = refused(tmp_path / layout, yaml, f"%%nango_sync contacts{SCRIPT}", layout=layout)
        assert f"error path-taken: {name} would be a file and a folder" in said


def test_what_is_there_already_stays_as_it_is(tmp_path: Path, layout: str) -> None:
    session = Session()
    session.declare(YAML, label="1")
    session.declare(f"%%nango_sync contacts{SCRIPT}", label="2")
    session.export(tmp_path / "out", layout=layout)
    long = YAML.replace("contacts", "n" * 300)
    refused(tmp_path / "out", long, f"%%nango_sync {'n' * 300}{SCRIPT}", layout=layout)


@pytest.mark.parametrize("key", ["~", "null", "Null", '"null"'])
def test_an_integration_that_is_null(tmp_path: Path, layout: str, key: str) -> None:
    yaml = YAML.replace("salesforce:", f"{key}:")
    said = refused(tmp_path / "out", yaml, f"%%nango_sync contacts{SCRIPT}", layout=layout)
    assert "error integration-name: The integration has no name" in said and "'~'" in said


def test_an_integration_whose_name_is_quoted(tmp_path: Path, layout: str) -> None:
    session = Session()
    session.declare(YAML.replace("salesforce:", "'~':"), label="1")
    session.declare(f"%%nango_sync contacts{SCRIPT}", label="2")
    session.export(tmp_path / "out", layout=layout)
    suffix = "py" if layout == "python" else "ts"
    assert f"~/syncs/contacts.{suffix}" in files(tmp_path / "out")


def test_half_a_character(tmp_path: Path) -> None:
    cell = "%%nango_sync_ts contacts\nexport default async function fetchData(nango: any) { /* \ud83d */ }\n"
    said = refused(tmp_path / "out", YAML, cell, layout="nango-yaml")
    assert "half a character" in said
