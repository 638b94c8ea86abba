"""Secrets planted everywhere; then a saved notebook, its widgets and every file beside it are searched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat

from tests.dryrun.test_canaries import HEAD, assert_clean, plant
from tests.kernel import Kernel
from tests.scripted import KEY, TOKEN, Answer, ScriptedNango
from tests.world import YAML

# what every layout takes: a script that is given secrets, and passes them on to the provider and the log
PLAIN = """\
%%nango_sync contacts
def fetch_data(nango):
    token = nango.get_token()
    response = nango.get('/items', params={'access_token': token, 'page': 1}, headers={'X-Api-Key': token})
    nango.log(f"Authorization: Bearer {token}", response.data['echo'], response.headers)
    nango.batch_save([{'id': '1', 'name': 'Ada'}], 'Contact')
"""
LEAKY = "%%nango_action do-it\ndef run_action(nango, input):\n" + "".join(
    f"    {line}\n"
    for line in f"{HEAD}\nif input == 'fail':\n    nango.get('/fail?token=' + key)".splitlines()
)
LAYOUTS = ("nango-yaml", "zero-yaml", "python")
RUNS = [
    "%nango_connection conn-1",
    "%nango_dryrun contacts conn-1 --save-responses",
    "nangonb.last_dryrun().request(1)",
    "nangonb.last_dryrun().timeline()",
    "nangonb.last_dryrun().profile()",
    "nangonb.last_dryrun().requests",
    "print(nangonb.last_dryrun(), nangonb.last_dryrun().logs.to_string())",
    *(f"%nango_export out-{layout} --layout {layout}" for layout in LAYOUTS),
    "%nango_show contacts",
    LEAKY,
    "%nango_dryrun do-it conn-1 --save-responses",
    "nangonb.last_dryrun().requests.to_dict()",
    "%nango_dryrun do-it conn-1 -i '\"fail\"'",
    "%tb",
    "nangonb.last_dryrun()",
    "nangonb.last_dryrun().save_responses('failed.test.json')",
    "nangonb.last_dryrun().problems.to_dict()",
    "%nango_test",
    "%nango_check",
    "%nango_export out-python --layout python --diff",
    "%nango_export out-python --layout python",
    "%nango_records Contact conn-1",
    "%nango_status contacts conn-1",
    "from nangonb._session import current; current(), current().config, current().connections.target()",
    "vars(current())",
]
FAIL = ("%nango_dryrun do-it conn-1 -i", "%nango_records", "%nango_status")


def test_a_saved_notebook_and_all_files_beside_it(
    new_kernel: Callable[..., Kernel], scripted: ScriptedNango, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    plant(scripted)
    refusal = Answer(
        {"error": {"code": "server_error", "message": f"{KEY} may not: Authorization: Bearer {TOKEN}"}}, 500
    )
    scripted.api["/records"] = scripted.api["/sync/status"] = refusal
    kernel = new_kernel(cwd=folder, env={"NANGO_HOSTPORT": scripted.url, "NANGO_SECRET_KEY_DEV": KEY})
    cells = []
    first, *more = scripted.answers
    for code in ("%load_ext nangonb", "%nango_connection", YAML, PLAIN, *RUNS):
        if code.startswith("%nango_dryrun contacts"):
            scripted.answers = [first]
        elif code.startswith("%nango_dryrun do-it"):
            scripted.answers = [first, *more]
        result = kernel.run(code)
        outputs = [
            nbformat.from_dict({name: value for name, value in output.items() if name != "transient"})
            for output in result.outputs
            if output["output_type"] != "update_display_data"
        ]
        cells.append(nbformat.v4.new_code_cell(code, execution_count=result.execution_count, outputs=outputs))
        assert (result.status == "error") == code.startswith(FAIL), f"{code}\n{result.text}"
    state = {
        name: {"model_name": held["_model_name"], "model_module": held["_model_module"], "state": held}
        for name, held in kernel.widgets.items()
    }
    assert state and "conn-1" in json.dumps(state)
    widgets = {"version_major": 2, "version_minor": 0, "state": state}
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"widgets": {"application/vnd.jupyter.widget-state+json": widgets}}
    )
    nbformat.validate(notebook)
    nbformat.write(notebook, folder / "run.ipynb")
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    expected = [
        "run.ipynb", "failed.test.json", "acme/tests/contacts.test.json", "acme/tests/do-it.test.json",
        "out-nango-yaml/acme/syncs/contacts.ts", "out-zero-yaml/acme/tests/contacts.test.json",
        "out-python/acme/tests/contacts.test.json", "out-python/acme/tests/do-it.test.json",
    ]  # fmt: skip
    assert set(expected) <= found.keys()
    assert any("/mocks/" in path for path in found)
    # as they are read, too: in a JSON file a newline or a slash may be written in another way
    texts = {name: path.read_text() for name, path in found.items()}
    texts |= {
        f"{name} decoded": str(json.loads(texts[name])) for name in found if name.endswith((".json", "b"))
    }
    assert_clean(texts)


def test_the_widgets_of_a_picker_that_shows_an_error(
    new_kernel: Callable[..., Kernel], scripted: ScriptedNango
) -> None:
    kernel = new_kernel(
        env={
            "NANGO_HOSTPORT": scripted.url,
            "NANGO_SECRET_KEY_DEV": KEY,
            "NANGO_SECRET_KEY_PROD": "canary-other-key-000000000000000",
        }
    )
    kernel.run("%load_ext nangonb").check()
    shown = kernel.run("%nango_connection").check()
    chooser = kernel.widget(_model_name="DropdownModel", description="environment")
    index = list(kernel.widgets[chooser]["_options_labels"]).index("prod")
    answer = kernel.update_widget(chooser, index=index)  # a key that Nango refuses
    texts = {
        "cell": json.dumps(shown.outputs),
        "answer": json.dumps(answer.outputs),
        "widgets": json.dumps(kernel.widgets),
    }
    assert "401" in texts["answer"] or "NANGO_SECRET_KEY_PROD" in texts["answer"], texts["answer"]
    assert_clean(texts)
