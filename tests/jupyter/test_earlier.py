"""--since-last and --against in a kernel: less is fetched, and what changed is shown."""

from __future__ import annotations

import json

import pytest

from tests.jupyter.cells import ECHO, SYNC, YAML, declare, failure
from tests.kernel import Kernel

CHANGING = """\
%%nango_sync contacts
def fetch_data(nango):
    names = nango.get_metadata().get("names", {"1": "Ada", "2": "Bob", "3": "Cleo"})
    nango.batch_save([{"id": id, "name": name} for id, name in names.items()], "Contact")
"""
SECOND = '\'{"names": {"1": "Ada", "2": "Bobby", "4": "Dora"}}\''


@pytest.fixture(autouse=True)
def _declared(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC, ECHO)
    kernel.run(
        "import nangonb\nfrom nangonb._session import current\ncurrent().dry_runs.history.clear()"
    ).check()


def test_the_second_run_fetches_less(kernel: Kernel) -> None:
    first = kernel.run("first = %nango_dryrun contacts conn-1\nfirst.counts.added, first.last_sync_date")
    assert first.check().text == "(2000, None)"
    second = kernel.run("%nango_dryrun contacts conn-1 --since-last").check()
    assert "\n  since the run of " in second.text
    assert "1 request, 0 records (then 1 request, 2,000 records)" in second.text
    assert "since the run of" in second.html
    assert kernel.run("nangonb.last_dryrun().last_sync_date == first.started").check().text == "True"


def test_the_first_run_says_that_there_was_none_before(kernel: Kernel) -> None:
    shown = kernel.run("%nango_dryrun contacts conn-1 --since-last").check().text
    assert "no-earlier-run: contacts was not dry run on conn-1 before: everything was fetched." in shown
    shown = kernel.run("%nango_dryrun contacts conn-2 --against previous").check().text
    assert "contacts was not dry run on conn-2 before: there was nothing to compare with." in shown


def test_what_changed(kernel: Kernel) -> None:
    kernel.run(CHANGING).check()
    kernel.run("before = %nango_dryrun contacts conn-1").check()
    shown = kernel.run(f"%nango_dryrun contacts conn-1 -m {SECOND} --against previous").check()
    assert ": added 1 · updated 1 · unchanged 1 · deleted 1" in shown.text
    frame = "nangonb.last_dryrun().changes[['change', 'id', 'name_old', 'name_new']].to_dict('split')['data']"
    rows = kernel.run(f"import json, pandas as pd\nprint(pd.Series({frame}).to_json())").check().stdout
    assert list(json.loads(rows).values()) == [
        ["added", "4", None, "Dora"],
        ["updated", "2", "Bob", "Bobby"],
        ["deleted", "3", "Cleo", None],
    ]
    kernel.run(f"%nango_dryrun contacts conn-1 -m {SECOND} --against $before ;").check()
    assert kernel.run("len(nangonb.last_dryrun().changes)").check().text == "3"
    assert "was compared with no other run" in failure(kernel, "before.changes").traceback


def test_against_what_a_command_printed(kernel: Kernel) -> None:
    kernel.run(CHANGING).check()
    kernel.run(
        "import pathlib\nfrom nangonb._dryrun.document import pieces\n"
        "run = %nango_dryrun contacts conn-1\n"
        "_ = pathlib.Path('run.json').write_bytes(b''.join(pieces(run)))"
    ).check()
    shown = kernel.run(f"%nango_dryrun contacts conn-1 -m {SECOND} --against @run.json").check()
    assert ": added 1 · updated 1 · unchanged 1 · deleted 1" in shown.text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("contacts conn-1 --against @none.json", "--against: none.json cannot be read"),
        ("contacts conn-1 --against yesterday", "not 'yesterday'"),
        ("contacts conn-1 --since-last -l 2026-01-01", "--since-last and -l both set"),
        ("echo conn-1 --since-last", "echo is not a sync"),
        ("echo conn-1 --against previous", "echo is not a sync"),
    ],
)
def test_what_cannot_be(kernel: Kernel, line: str, said: str) -> None:
    error = failure(kernel, f"%nango_dryrun {line}")
    assert error.ename == "UsageError" and said in error.traceback


def test_completion_and_help(kernel: Kernel) -> None:
    assert "--since-last" in kernel.complete("%nango_dryrun contacts --si").matches
    assert "--against" in kernel.complete("%nango_dryrun contacts --ag").matches
    assert "previous, $run, or @run.json" in " ".join(kernel.run("%nango_dryrun?").pager.split())
