"""Cells that declare: %%nango_yaml, %%nango_sync, %%nango_action, %%nango_on_event, %%nango_module."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jupyter.cells import ECHO, SYNC, YAML, declare
from tests.kernel import Kernel


def test_each_cell_says_what_it_declared(kernel: Kernel) -> None:
    declare(kernel)
    assert kernel.run(YAML).check().text == "✓ nango.yaml contacts · 1 sync, 1 model"
    events = (
        "%%nango_yaml events\nintegrations:\n  github:\n    on-events:\n"
        "      validate-connection: [check-it, check-again]\n"
    )
    assert kernel.run(events).check().text == "✓ nango.yaml events · 2 on-event scripts"
    kernel.run("%%nango_yaml events\n# nothing any more\n").check()
    assert kernel.run(SYNC).check().text == "✓ sync contacts · salesforce · every day · saves Contact"
    module = "%%nango_module mappers/contact\ndef upper(text):\n    return text.upper()"
    assert kernel.run(module).check().text == "✓ module mappers/contact"
    result = kernel.run(ECHO).check()
    assert result.text.startswith("✗ action echo · salesforce")  # nango.yaml wants an endpoint
    assert "missing-key" in result.html
    event = (
        "%%nango_on_event greet --integration-id salesforce --event post-connection-creation\n"
        "def on_event(nango):\n    nango.log('welcome')"
    )
    assert kernel.run(event).check().text == "✓ on-event greet · salesforce"
    assert "welcome" in kernel.run("%nango_dryrun greet conn-1").check().text


def test_problems_stand_under_the_cell_with_the_line_quoted(kernel: Kernel) -> None:
    declare(kernel)
    result = kernel.run(YAML.replace("every day", "every 10 seconds")).check()
    label = f"Cell In[{result.execution_count}]"
    assert f"✗ {label}, line 6" in result.text
    assert "runs: every 10 seconds" in result.text
    assert f"{label}, line 6" in result.html
    assert "runs-too-short" in result.html


def test_a_cell_without_nango_yaml_keys_carries_them_itself(kernel: Kernel) -> None:
    declare(kernel, "%%nango_yaml\nmodels:" + YAML.partition("models:")[2])
    result = kernel.run(
        "%%nango_sync contacts --integration-id salesforce --output Contact\n"
        "#| runs: every hour\n"
        "#| endpoint: GET /crm/more\n" + SYNC.partition("\n")[2]
    ).check()
    assert result.text == "✓ sync contacts · salesforce · every hour · saves Contact"
    assert "on conn-2" in kernel.run("%nango_dryrun contacts conn-2").check().text


@pytest.mark.parametrize(
    "above", ["# @title Contacts {run: 'auto'}\n", "# %% [parameters]\n\n# a note\n", "\n\n"]
)
def test_comments_above_the_magic_count_as_lines(kernel: Kernel, above: str) -> None:
    declare(kernel, YAML)
    broken = SYNC.replace('record["Name"]', 'record["Nam"]')
    result = kernel.run(above + broken).check()
    count = result.execution_count
    error = kernel.run("%nango_dryrun contacts conn-1").error
    line = (above + broken).splitlines().index('    return {"id": record["Id"], "name": record["Nam"]}') + 1
    assert error is not None
    assert f"Cell In[{count}], line {line}, in to_contact" in error.traceback


def test_running_a_cell_again_replaces(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC)
    kernel.run(SYNC.replace('"done"', '"done again"')).check()
    assert "done again" in kernel.run("%nango_dryrun contacts conn-1").check().text
    assert kernel.run("%nango_check").check().text.count("contacts ") == 1


def test_a_renamed_script_in_the_same_cell_withdraws_the_old_name(kernel: Kernel) -> None:
    declare(kernel)
    kernel.run(ECHO, cell_id="cell-of-echo").check()
    kernel.run(ECHO.replace("echo", "mirror"), cell_id="cell-of-echo").check()
    kernel.run("%nango_dryrun mirror conn-1").check()
    error = kernel.run("%nango_dryrun echo conn-1").error
    assert error is not None
    assert error.ename == "UnknownName"
    assert "mirror" in error.traceback


def test_two_cells_of_one_name_are_told(kernel: Kernel) -> None:
    declare(kernel)
    kernel.run(ECHO, cell_id="first").check()
    assert "declared-twice" in kernel.run(ECHO, cell_id="second").check().text


def test_a_failed_cell_withdraws_what_it_declared_and_is_named_later(kernel: Kernel) -> None:
    declare(kernel)
    kernel.run(ECHO, cell_id="echo").check()
    failed = kernel.run(ECHO.replace("return", "return ]"), cell_id="echo")
    label = f"Cell In[{failed.execution_count}]"
    assert failed.error is not None
    assert failed.error.ename == "ProjectError"
    assert f"{label}, line 3" in failed.error.traceback
    assert 'return ] {"got": input}' in failed.error.traceback
    assert "nangonb/" not in failed.error.traceback
    error = kernel.run("%nango_dryrun echo conn-1").error
    assert error is not None
    assert f"its cell has an error ({label})" in error.traceback
    kernel.run(ECHO, cell_id="echo").check()
    kernel.run("%nango_dryrun echo conn-1").check()


@pytest.mark.parametrize(
    ("cell", "line", "said"),
    [
        ("%%nango_yaml\nintegrations:\n\tsalesforce: {}", 3, "tab"),
        ("%%nango_yaml\nmodels:\n  A: {id: string}\n  A: {id: string}", 4, "duplicate"),
        ("%%nango_sync s\nimport os", 1, "no function fetch_data"),
        ("%%nango_sync s\nasync def fetch_data(nango):\n    pass", 2, "async"),
        ("# @title T\n%%nango_action a\ndef run_action():\n    pass", 3, "run_action(nango"),
        ("%%nango_sync s\n#| rums: every day\ndef fetch_data(nango):\n    pass", 2, "Did you mean runs?"),
        ("%%nango_module m\ndef f(:\n    pass", 2, "invalid syntax"),
    ],
)
def test_a_cell_that_cannot_be_read_says_where(kernel: Kernel, cell: str, line: int, said: str) -> None:
    declare(kernel)
    result = kernel.run(cell)
    assert result.error is not None
    assert result.error.ename == "ProjectError"
    assert f"Cell In[{result.execution_count}], line {line}" in result.error.traceback
    assert said in result.error.traceback


def test_forgetting_a_deleted_cell(kernel: Kernel) -> None:
    declare(kernel, ECHO)
    assert "Forgotten: action echo" in kernel.run("%nango_forget echo").check().text
    error = kernel.run("%nango_dryrun echo").error
    assert error is not None
    assert error.ename == "UnknownName"
    error = kernel.run("%nango_forget echo").error
    assert error is not None
    assert error.ename == "UnknownName"


def test_a_cell_of_the_saved_notebook_that_was_not_run(
    new_kernel: Callable[..., Kernel], tmp_path: Path
) -> None:
    sources = ["%load_ext nangonb", ECHO, ECHO.replace("echo", "mirror")]
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    notebook = tmp_path / "work.ipynb"
    notebook.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    kernel = new_kernel(env={"JPY_SESSION_NAME": str(notebook)})
    for number, source in enumerate(sources[:2]):
        kernel.run(source, cell_id=f"c{number}").check()
    error = kernel.run("%nango_dryrun mirror").error
    assert error is not None
    assert error.ename == "ProjectError"
    assert "did not run in this kernel" in error.traceback
    text = kernel.run("%nango_check").check().text
    assert "cell-not-run" in text
    assert "mirror" in text


def test_two_saved_cells_of_a_script_differ_from_the_kernel_only_where_the_last_does_not_count(
    new_kernel: Callable[..., Kernel], tmp_path: Path
) -> None:
    first, last = ECHO, ECHO.replace('"got"', '"had"')
    cells = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "outputs": [], "source": source}
        for number, source in enumerate([first, last])
    ]
    notebook = tmp_path / "work.ipynb"
    notebook.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    kernel = new_kernel(env={"JPY_SESSION_NAME": str(notebook)})
    kernel.run("%load_ext nangonb").check()

    def differs() -> bool:
        return "differs-from-notebook" in kernel.run("%nango_check").check().text

    kernel.run(first, cell_id="c0").check()
    assert not differs()  # the last was not run yet
    kernel.run(last, cell_id="c1").check()
    assert not differs()
    kernel.run(first, cell_id="c0").check()
    assert differs()  # from what the notebook declares as a whole
    kernel.run(last.replace("had", "has"), cell_id="c1").check()
    assert differs()


def test_a_module_is_imported_afresh(kernel: Kernel) -> None:
    module = "%%nango_module texts\ndef shout(text):\n    return text + '!'"
    script = (
        "%%nango_action shout --integration-id salesforce\n"
        "from nangonb.modules.texts import shout\n"
        "def run_action(nango, input):\n    return {'said': shout(input)}"
    )
    declare(kernel, module, script)
    assert "hello!" in kernel.run("%nango_dryrun shout conn-1 -i '\"hello\"'").check().text
    kernel.run(module.replace("'!'", "'?'")).check()
    assert "hello?" in kernel.run("%nango_dryrun shout conn-1 -i '\"hello\"'").check().text
    kernel.run("%nango_forget texts").check()
    error = kernel.run("%nango_dryrun shout conn-1 -i '\"hello\"'").error
    assert error is not None
    assert "%%nango_module texts" in error.traceback
