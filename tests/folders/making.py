"""Notebooks and folders on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

YAML = """\
%%nango_yaml
integrations:
  salesforce:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: /crm/contact
models:
  Contact:
    id: string
"""
FIELD = "%%nango_yaml\nmodels:\n  Field:\n    name: string\n"
SYNC = "%%nango_sync contacts\ndef fetch_data(nango):\n    pass\n"
ACTION = """\
%%nango_action fields --integration-id salesforce --endpoint /fields --output Field
def run_action(nango):
    return {"name": "Email"}
"""


def code(text: str, id: str | None = None) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text,
    }
    return cell if id is None else {**cell, "id": id}


def write_notebook(path: Path, *cells: dict[str, Any] | str) -> Path:
    """A notebook of format 4; a str is a code cell."""
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def write_folder(folder: Path, files: dict[str, str]) -> Path:
    """Files below ``folder``; keys are paths."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
