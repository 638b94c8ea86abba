"""What a message says to do next."""

from __future__ import annotations

import pytest

from tests.jupyter.cells import ECHO, SYNC, YAML, declare, failure
from tests.kernel import Kernel


def test_where_no_script_is_declared(kernel: Kernel) -> None:
    declare(kernel)
    said = failure(kernel, "%nango_dryrun contacts").traceback
    assert "No cell declares a script. Run its cell, or write one: %%nango_sync contacts" in said
    assert "There is none" not in said
    assert "No cell that ran declares anything." in failure(kernel, "%nango_forget contacts").traceback
    assert "No cell declares a script" in failure(kernel, "%nango_test --integration-id x").traceback


@pytest.mark.parametrize(
    ("given", "mended"),
    [
        ('-i {"id": 1}', "-i '{\"id\": 1}'"),
        ('-i {"id":1}', "-i '{\"id\":1}'"),
        ('-i "{"id": 1}"', "-i '{\"id\": 1}'"),
        ("-i [1, 2]", "-i '[1, 2]'"),
        ("-i {'id': 1}", "-i '{\"id\": 1}'"),
        ('-m {"region": "eu west"} -i {"id": 1}', '-m \'{"region": "eu west"}\''),
        ('--input={"a": [1, {"b": 2}]}', '--input \'{"a": [1, {"b": 2}]}\''),
        ('-i {"password": "hunter2hunter2"}', "-i '{\"id\": 1}'"),
    ],
)
def test_json_without_quotes(kernel: Kernel, given: str, mended: str) -> None:
    declare(kernel, ECHO)
    error = failure(kernel, f"%nango_dryrun echo conn-1 {given}")
    name = mended.split()[0]
    assert error.evalue == f"%nango_dryrun: the JSON after {name} needs single quotes around it."
    assert error.traceback.endswith(mended)
    assert "hunter2" not in error.traceback


@pytest.mark.parametrize("given", ["-i '{\"id\": 1'", "-i hello", "--bogus '{'"])
def test_what_is_wrong_otherwise_is_said_as_before(kernel: Kernel, given: str) -> None:
    declare(kernel, ECHO)
    assert "single quotes" not in failure(kernel, f"%nango_dryrun echo conn-1 {given}").traceback


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("from pydantic_x import BaseModel", "%pip install pydantic_x"),
        ("from marshmallow import Schema", "Declare models in a %%nango_yaml cell"),
        ("import aiohttp", "Send requests with the nango object"),
        ("import shaping", "from nangonb.modules.shaping import"),
    ],
)
def test_a_missing_package(kernel: Kernel, line: str, said: str) -> None:
    kernel.run("import sys\nfor name in ('marshmallow', 'aiohttp'): sys.modules[name] = None").check()
    declare(kernel, YAML, "%%nango_module shaping\nX = 1\n")
    kernel.run(SYNC.replace("from nangonb.models", f"{line}\nfrom nangonb.models")).check()
    assert said in failure(kernel, "%nango_dryrun contacts conn-1").traceback


def test_a_missing_pydantic(kernel: Kernel) -> None:
    kernel.run("import sys\nsys.modules['pydantic'] = None").check()
    declare(kernel, YAML)
    kernel.run(
        SYNC.replace("from nangonb.models", "from pydantic import BaseModel\nfrom nangonb.models")
    ).check()
    said = failure(kernel, "%nango_dryrun contacts conn-1").traceback
    assert "pydantic is a Python package, and Nango has none." in said
    assert "Declare models in a %%nango_yaml cell" in said and "nangonb.models import" in said
    assert "%%nango_module pydantic" not in said


TYPESCRIPT = """\
%%nango_sync_ts contacts
import type { NangoSync } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    // nango.lgo, saev()
    await nango.batchSve(rows(), 'Contact');
    await nango.log('nango.lgo and ' + `saev()`);
    saev();
    String(fetch);
}

function rows() { return [{ id: '1' }]; }
const save = (): void => {};
save();
"""


def test_a_misspelt_function_in_typescript_is_said_when_its_cell_is_run(kernel: Kernel) -> None:
    declare(kernel, YAML)
    result = kernel.run(TYPESCRIPT.replace("saev();\n    String", "sav();\n    String")).check()
    label = f"Cell In[{result.execution_count}]"
    assert (
        f"{label}, line 6, column 17: warning unknown-attribute: The nango object has no `batchSve`."
        in result.text
    )
    assert "Did you mean `batchSave`?" in result.text
    warning = "warning undefined-name: The function `sav` is not defined."
    assert f"{label}, line 8, column 5: {warning}" in result.text
    assert "Did you mean `save`?" in result.text
    assert result.text.count("warning") == 3  # the summary counts them
    mended = TYPESCRIPT.replace("batchSve", "batchSave").replace("    saev();\n", "")
    assert "warning" not in kernel.run(mended).check().text


@pytest.mark.parametrize(
    ("cell", "line", "said", "hint"),
    [
        (
            "import { x } from '../../x';\n\nasync function fetchDta(nango: any) {}\n",
            4,
            "The script has no default export.",
            "Rename fetchDta and export it: export default async function fetchData(nango)",
        ),
        (
            "import { createSnc } from 'nango';\nexport default createSnc({});\n",
            2,
            "Package nango has no createSnc.",
            "Did you mean createSync?",
        ),
    ],
)
def test_a_misspelt_entry_in_typescript(kernel: Kernel, cell: str, line: int, said: str, hint: str) -> None:
    declare(kernel, YAML)
    result = kernel.run(f"%%nango_sync_ts contacts\n{cell}")
    assert result.error is not None
    assert (
        f"Cell In[{result.execution_count}], line {line}: error no-entry-function: {said}"
        in result.error.traceback
    )
    assert hint in result.error.traceback


NEWER = """\
%%nango_sync contacts
def fetch_data(nango):
    nango.track_deletes_start("Contact")
    nango.batch_save([{"id": "1", "name": None}], "Contact")
    nango.track_deletes_end("Contact")
"""


def test_deploying_with_zero_yaml_does_not_advise_zero_yaml(kernel: Kernel) -> None:
    declare(kernel, YAML, NEWER)
    for option in ("--layout zero-yaml", "--via functions"):
        shown = kernel.run(f"%nango_deploy sandbox --plan {option}").check().text
        assert "+ new" in shown and "ts-newer" not in shown
    refused = failure(kernel, "%nango_deploy sandbox --plan").traceback
    assert "ts-newer" in refused and "Export or deploy it with --layout zero-yaml." in refused


@pytest.mark.parametrize("method", ["batch_update", "batch_delete"])
def test_literal_ids_are_no_problem_of_types(kernel: Kernel, method: str) -> None:
    records = '[{"id": "1", "name": "a"}, {"id": "2", "name": None}]'
    cell = f'%%nango_sync contacts\ndef fetch_data(nango):\n    nango.{method}({records}, "Contact")\n'
    declare(kernel, YAML, cell)
    assert "No problems." in kernel.run("%nango_check").check().text


def test_a_generator_is_not_said_to_return_none(kernel: Kernel) -> None:
    cell = (
        "%%nango_sync contacts\ndef fetch_data(nango):\n    for page in pages(nango):\n"
        '        nango.batch_save(page, "Contact")\n\ndef pages(nango):\n    for n in range(3):\n'
        '        yield [{"id": str(n), "name": None}]\n'
    )
    declare(kernel, YAML)
    shown = kernel.run(cell).check().text
    assert "ts-yield: Generators are not supported." in shown
    assert "returns `None`" not in shown and "`none` is not" not in shown and "1 error" in shown
    nested = cell.replace("def pages(nango):\n", "def pages(nango):\n    def inner():\n        yield 1\n")
    nested = nested.replace('        yield [{"id"', '        [{"id"')
    assert "`pages()` returns `None`." in kernel.run(nested).check().text
