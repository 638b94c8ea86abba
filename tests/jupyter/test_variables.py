"""``$name`` in a line: the notebook's variable, where the option can take it."""

from __future__ import annotations

import pytest

from tests.jupyter.cells import ECHO, SYNC, YAML, declare, failure
from tests.kernel import Kernel

VARIABLES = """\
import numpy as np
import pandas as pd
df = pd.DataFrame({"id": ["1", "2"], "n": [1, 2]})
moment, nat, text, numbers, nothing = pd.Timestamp("2026-06-30"), pd.NaT, "hello", {1, 2}, None
most = np.int64(3)
"""


@pytest.fixture(autouse=True)
def _declared(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC, ECHO)
    kernel.run(VARIABLES).check()


def test_values_of_pandas_and_numpy_are_taken(kernel: Kernel) -> None:
    some = kernel.run("run = %nango_dryrun contacts conn-1 -l $moment\nrun.counts.added")
    assert 0 < int(some.check().text) < 100
    assert "added 3 ·" in kernel.run("%nango_dryrun contacts conn-1 --max-records $most").check().text
    kernel.run('rows = df.to_dict("records")\n%nango_dryrun echo conn-1 -i $rows -o got ;').check()
    assert kernel.run("got['got']").check().text == "[{'id': '1', 'n': 1}, {'id': '2', 'n': 2}]"
    shown = kernel.run("%nango_records Contact conn-1 --modified-after $moment --limit $most").check()
    assert " · 3 records · " in shown.text


def test_none_is_as_if_it_were_left_out(kernel: Kernel) -> None:
    kernel.run("%nango_connection conn-2").check()
    for line in ("contacts $nothing", "contacts -l $nothing", "contacts --variant $nothing"):
        assert " on conn-2 " in kernel.run(f"%nango_dryrun {line}").check().text


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("%nango_dryrun contacts conn-1 -l $nat", "-l is a date, not NaT.", "Omit -l"),
        ("%nango_dryrun contacts conn-1 -l $df", "-l is a date, not a DataFrame.", ".max()"),
        ("%nango_dryrun echo conn-1 -i $df", "--input is JSON, not a DataFrame.", 'df.to_dict("records")'),
        ("%nango_dryrun echo conn-1 -i $df.n", "-i $df.n: write only the name", "then -i $value"),
        ("%nango_dryrun echo conn-1 -i $", "-i $: write only the name", "then -i $value"),
        ("%nango_dryrun echo conn-1 -i $text", "--input is not JSON", "json.dumps(x) makes it."),
        ("%nango_dryrun echo conn-1 -i $numbers", "values of type set", "sorted(value)"),
        ("%nango_dryrun echo conn-1 -i $txet", "no variable 'txet'", "Did you mean $text?"),
        ("%nango_dryrun $df", "NAME is text, and $df is a DataFrame.", ""),
        ("%nango_dryrun $nothing", "NAME is text, and $nothing is None.", ""),
        ("%nango_dryrun contacts $df", "CONNECTION is text, and $df is a DataFrame.", ""),
        ("%nango_dryrun contacts conn-1 -e $df", "-e is text, and $df is a DataFrame.", ""),
        ("%nango_dryrun contacts conn-1 --against $df", "not a DataFrame.", "--against $before"),
        ("%nango_dryrun contacts conn-1 --timeout $df", "a number above 0, not a DataFrame.", "--timeout 10"),
        ("%nango_dryrun contacts conn-1 -o $text", "-o $text: name the variable without $.", "-o text"),
        ("%nango_dryrun contacts conn-1 -o $", "-o $: name the variable without $.", "-o contacts"),
        ("%nango_records $df", "MODEL is text, and $df is a DataFrame.", ""),
        ("%nango_records Contact --modified-after $nat", "--modified-after is a date, not NaT.", "Omit"),
        ("%nango_records Contact --filter $numbers", "--filter is text, or a list of it, not 1.", "added"),
        ("%nango_export $df", "DIR is text, and $df is a DataFrame.", ""),
        ("%nango_status $df", "NAME is text, and $df is a DataFrame.", ""),
        ("%nango_test $df", "NAME is text, and $df is a DataFrame.", ""),
        ("%nango_connection $df", "CONNECTION is text, and $df is a DataFrame.", ""),
    ],
)
def test_what_an_option_cannot_take_is_said(kernel: Kernel, line: str, said: str, hint: str) -> None:
    error = failure(kernel, line)
    assert error.ename == "UsageError"
    assert said in error.traceback and hint in error.traceback


def test_a_variable_that_is_not_bound_stays_as_it_was(kernel: Kernel) -> None:
    failure(kernel, "%nango_dryrun contacts conn-1 -o $text")
    assert kernel.run("text, 'hello' in globals()").check().text == "('hello', False)"
