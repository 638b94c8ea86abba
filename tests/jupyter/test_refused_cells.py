"""A refused cell leaves nothing older in force: no verb uses what it would have replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jupyter.cells import ECHO, SYNC, YAML, declare, failure
from tests.kernel import Kernel

USER = """\
%%nango_action user --integration-id salesforce
from nangonb.modules.shaping import shaped

def run_action(nango, input):
    return shaped(input)
"""
SHAPING = "%%nango_module shaping\ndef shaped(value):\n    return value\n"
VERBS = ["dryrun contacts conn-1", "test contacts", "test", "export", "deploy dev", "show contacts"]
REFUSED = {
    "async": SYNC.replace("def fetch_data", "async def fetch_data"),
    "syntax": SYNC.replace('nango.log("done")', 'nango.log("done"'),
    "option": SYNC.replace("nango_sync contacts", "nango_sync contacts --bogus 1"),
    "config": SYNC.replace("contacts\n", "contacts\n#| rums: every day\n", 1),
    "typescript": "%%nango_sync_ts contacts\n//| rums: every day\nexport default function fetchData() {}\n",
}


def refuse(kernel: Kernel, text: str) -> str:
    """Run a cell that is refused; its label."""
    result = kernel.run(text, cell_id="of-the-refused")
    assert result.error is not None
    return f"Cell In[{result.execution_count}]"


@pytest.mark.parametrize("why", REFUSED)
@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_uses_an_older_script_after_a_refused_cell(kernel: Kernel, why: str, verb: str) -> None:
    declare(kernel, YAML)
    kernel.run(SYNC, cell_id="of-the-older").check()
    label = refuse(kernel, REFUSED[why])
    error = failure(kernel, f"%nango_{verb}")
    assert error.ename == "ProjectError"
    assert label in error.traceback
    assert not Path("nango-integrations").exists()


def test_the_older_script_is_used_once_its_cell_is_run_again(kernel: Kernel) -> None:
    declare(kernel, YAML)
    kernel.run(SYNC, cell_id="of-the-older").check()
    refuse(kernel, REFUSED["async"])
    assert "%nango_forget" in failure(kernel, "%nango_dryrun contacts conn-1").traceback
    kernel.run(SYNC, cell_id="of-the-older").check()
    assert "✓" in kernel.run("%nango_dryrun contacts conn-1").check().text


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("magic", ["%%nango_yaml", "%%nango_yaml contacts"])
def test_no_verb_uses_older_configuration_after_a_refused_cell(kernel: Kernel, magic: str, verb: str) -> None:
    declare(kernel)
    kernel.run(YAML.replace("%%nango_yaml contacts", magic), cell_id="of-the-older").check()
    kernel.run(SYNC).check()
    label = refuse(kernel, f"{magic}\nmodels:\n\tContact: {{id: string}}")
    assert label in failure(kernel, f"%nango_{verb}").traceback
    kernel.run(f'%nango_forget "{label if magic == "%%nango_yaml" else "contacts"}"').check()


@pytest.mark.parametrize("verb", ["dryrun user conn-1", "test", "export", "deploy dev"])
def test_no_verb_uses_an_older_module_after_a_refused_cell(kernel: Kernel, verb: str) -> None:
    declare(kernel)
    kernel.run(SHAPING, cell_id="of-the-older").check()
    kernel.run(USER).check()
    label = refuse(kernel, SHAPING.replace("return value", "return value)"))
    assert label in failure(kernel, f"%nango_{verb}").traceback


def test_show_names_a_refused_module(kernel: Kernel) -> None:
    declare(kernel)
    kernel.run(SHAPING, cell_id="of-the-older").check()
    kernel.run(USER).check()
    label = refuse(kernel, SHAPING.replace("return value", "return value)"))
    shown = kernel.run("%nango_show user").check().text
    assert f"its cell has an error ({label})" in shown and "shaped(input)" in shown


def test_a_dry_run_in_typescript_uses_no_older_module(kernel: Kernel) -> None:
    declare(kernel)
    module = "%%nango_module_ts shaping\nexport const shaped = (value: any) => value;\n"
    script = (
        "%%nango_action_ts user --integration-id salesforce\n"
        "import { shaped } from '../../shaping';\n"
        "export default async function runAction(nango: any, input: any) { return shaped(input); }\n"
    )
    kernel.run(module, cell_id="of-the-older").check()
    kernel.run(script).check()
    label = refuse(kernel, module.replace("shaping\n", "shaping --bogus 1\n"))
    assert label in failure(kernel, "%nango_dryrun user conn-1").traceback


def test_a_script_triggers_no_older_or_deployed_action(kernel: Kernel) -> None:
    caller = (
        "%%nango_action caller --integration-id salesforce\n"
        "def run_action(nango, input):\n"
        "    return nango.trigger_action('salesforce', 'conn-1', 'echo', {})\n"
    )
    declare(kernel, caller)
    kernel.run(ECHO, cell_id="of-the-older").check()
    label = refuse(kernel, ECHO.replace("def run", "async def run"))
    error = failure(kernel, "%nango_dryrun caller conn-1")
    assert f"The action echo cannot be used: its cell has an error ({label})" in error.traceback
    assert "nangonb.last_dryrun().trace.request_count" not in error.traceback
    assert kernel.run("nangonb.last_dryrun().requests.shape[0]").check().text == "0"


def test_no_scaffold_is_made_for_a_script_whose_cell_was_refused(kernel: Kernel) -> None:
    declare(kernel, YAML)
    refuse(kernel, REFUSED["syntax"])
    assert "Every declared script has its cell" in kernel.run("%nango_generate").check().text


@pytest.mark.parametrize("verb", ["export", "check"])
def test_a_refused_cell_that_was_deleted_can_be_withdrawn(kernel: Kernel, verb: str) -> None:
    declare(kernel, YAML)
    refuse(kernel, REFUSED["async"])
    assert "%nango_forget contacts" in kernel.run(f"%nango_{verb}").text
