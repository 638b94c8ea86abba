"""Tab and ?: in the kernel, for every front end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.jupyter.cells import ECHO, SYNC, YAML, declare
from tests.kernel import Kernel


@pytest.fixture(autouse=True)
def _declared(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC, ECHO)
    kernel.run("%nango_connection conn-1;\nmy_payload = {}").check()


def completed(kernel: Kernel, code: str) -> list[str]:
    """What the text becomes: from the start of its last line."""
    found = kernel.complete(code)
    start = code.rfind("\n") + 1
    assert found.end == len(code)
    return [code[start : found.start] + match for match in found.matches]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("%nango_dryrun ", ["%nango_dryrun contacts", "%nango_dryrun echo"]),
        ("%nango_dryrun con", ["%nango_dryrun contacts"]),
        ("x = 1\n%nango_dryrun ec", ["%nango_dryrun echo"]),
        ("%nango_dryrun contacts gh", ["%nango_dryrun contacts gh-1", "%nango_dryrun contacts gh-2"]),
        ("%nango_dryrun contacts -e de", ["%nango_dryrun contacts -e dev"]),
        ("%nango_dryrun -l 2026-01-01 ec", ["%nango_dryrun -l 2026-01-01 echo"]),
        ("%nango_dryrun contacts --rea", ["%nango_dryrun contacts --read-only"]),
        ("%nango_dryrun contacts --integration-id git", ["%nango_dryrun contacts --integration-id github"]),
        ("%nango_dryrun echo -i $my", ["%nango_dryrun echo -i $my_payload"]),
        ("%nango_dryrun echo -o my", ["%nango_dryrun echo -o my_payload"]),
        ("%nango_connection exp", ["%nango_connection expired-1"]),
        ("%nango_check ec", ["%nango_check echo"]),
        ("%nango_forget ", ["%nango_forget contacts", "%nango_forget echo"]),
        ("%nango_explain key-", ["%nango_explain key-order"]),
        ("%%nango_sync cont", ["%%nango_sync contacts"]),
        ("%%nango_sync contacts --output Con", ["%%nango_sync contacts --output Contact"]),
        ("%%nango_sync contacts\n#| run", ["#| runs: "]),
        ("%%nango_sync contacts\n#| output: Con", ["#| output: Contact"]),
        ("%%nango_sync contacts\n#| sync_type: inc", ["#| sync_type: incremental"]),
        ("%%nango_sync contacts\nfrom nangonb.models import Con", ["from nangonb.models import Contact"]),
        ("%%nango_sync contacts\nnango.batch_save(rows, 'Con", ["nango.batch_save(rows, 'Contact"]),
        ("%%nango_sync c\nnango.batch_s", ["nango.batch_save"]),
        ("# @title T\n%%nango_sync c\nnango.last_s", ["nango.last_sync_date"]),
        ("%%nango_action a\nx = nango.get_co", ["x = nango.get_connection"]),
    ],
)
def test_what_can_stand_there(kernel: Kernel, code: str, expected: list[str]) -> None:
    assert completed(kernel, code) == expected


def test_options_are_offered_once(kernel: Kernel) -> None:
    offered = completed(kernel, "%nango_dryrun contacts --validation --")
    assert "%nango_dryrun contacts --validation --timeout" in offered
    assert "%nango_dryrun contacts --validation --validation" not in offered
    assert not any(choice.endswith("--json") for choice in offered)


def test_an_action_is_offered_no_records(kernel: Kernel) -> None:
    offered = completed(kernel, "%%nango_action a\nnango.")
    assert "nango.get" in offered
    assert "nango.batch_save" not in offered


def test_other_cells_are_left_alone(kernel: Kernel) -> None:
    assert completed(kernel, "import os\nos.path.joi") == ["os.path.join"]
    assert "%%nango_sync" in kernel.complete("%%nango_s").matches
    assert completed(kernel, "%%nango_sync c\nimport os\nos.path.joi") == ["os.path.join"]


def test_tab_asks_nobody(new_kernel: Callable[..., Kernel]) -> None:
    """Neither a request nor a sandbox process: the host does not exist."""
    kernel = new_kernel(env={"NANGO_HOSTPORT": "http://127.0.0.1:9", "NANGO_SECRET_KEY_DEV": "key"})
    kernel.run("%load_ext nangonb").check()
    kernel.run(ECHO).check()
    assert "echo" in kernel.complete("%nango_dryrun ").matches
    kernel.complete("%nango_dryrun echo ")
    kernel.complete("%nango_connection ")
    kernel.complete("%%nango_action a\nnango.g")
    assert kernel.run("import sys; 'httpx' in sys.modules").check().text == "False"


@pytest.mark.parametrize(
    ("magic", "said"),
    [
        ("%nango_dryrun", ["NAME [CONNECTION]", "--lastSyncDate DATE", "--read-only", "-o VAR"]),
        ("%%nango_sync", ["fetch_data(nango)", "#| runs: every day"]),
        ("%%nango_yaml", ["it replaces what it declared before"]),
        ("%nango_export", ["[DIR]", "--prune"]),
        ("%nango_connection", ["--integration-id ID"]),
        ("%nango_forget", ["NAME"]),
        ("%nango_check", ["problems"]),
        ("%nango_explain", ["CODE"]),
        ("%%nango_module", ["nangonb.modules.NAME"]),
    ],
)
def test_help(kernel: Kernel, magic: str, said: list[str]) -> None:
    shown = kernel.run(f"{magic}?").pager
    inspected = kernel.inspect(magic)
    for text in said:
        assert text in shown
        assert text in inspected
