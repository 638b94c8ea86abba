"""docs/sdk.md names everything that the nango object has, and nothing else."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from nangonb._sdk import NangoAction, NangoSync
from nangonb._sdk.options import RequestOptions
from nangonb._sdk.paginate import SETTINGS
from tools.sdk_page import PAGE, page


def rows(root: Path, heading: str) -> list[list[str]]:
    """The cells of each row of the tables whose first column is called ``heading``."""
    text = (root / "docs" / "sdk.md").read_text()
    found = []
    for table in re.findall(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE):
        found += [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
    return found


def names(cells: str) -> list[str]:
    return [re.split(r"[(]", name)[0] for name in re.findall(r"`([^`]+)`", cells)]


def test_the_tables_are_in_step() -> None:
    text = PAGE.read_text("utf-8")
    assert text == page(text), "Run: python tools/sdk_page.py"


def test_every_method_and_property_stands_there_once(root: Path) -> None:
    told = [name for row in rows(root, "name") for name in names(row[0])]
    assert sorted(told) == sorted(name for name in dir(NangoSync) if not name.startswith("_"))


def test_what_only_a_sync_has_is_marked(root: Path) -> None:
    marked = {name for row in rows(root, "name") if "**Sync**" in row[1] for name in names(row[0])}
    assert marked == {
        name for name in dir(NangoSync) if not name.startswith("_") and not hasattr(NangoAction, name)
    }


def test_every_parameter_that_is_named_is_one(root: Path) -> None:
    for row in rows(root, "name"):
        for name, arguments in re.findall(r"`(\w+)\(([^`]*)\)`", row[0]):
            there = inspect.signature(getattr(NangoSync, name)).parameters
            told = re.findall(r"\b(\w+)(?:=|,|$)", arguments.replace("*messages", "messages"))
            assert set(told) <= set(there), name


def test_every_option_and_setting_stands_there(root: Path) -> None:
    assert [name for row in rows(root, "option") for name in names(row[0])] == list(
        dict.fromkeys(RequestOptions.__annotations__)
    )
    assert sorted(name for row in rows(root, "setting") for name in names(row[0])) == sorted(SETTINGS)


@pytest.mark.parametrize("kind", [NangoAction, NangoSync])
def test_every_method_has_a_docstring(kind: type) -> None:
    silent = {
        name
        for name in dir(kind)
        if not name.startswith("_") and not inspect.getdoc(inspect.getattr_static(kind, name))
    }
    assert silent == set()
