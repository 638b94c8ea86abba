"""%nango_show in a real kernel."""

from __future__ import annotations

from tests.jupyter.cells import SYNC, YAML, declare
from tests.kernel import Kernel

REFUSED = """\
%%nango_action odd --integration-id salesforce
def run_action(nango, input):
    import os
    return {"pid": os.getpid()}
"""


def test_both_languages_side_by_side(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC)
    shown = kernel.run("%nango_show contacts").check()
    assert shown.text.startswith("# Python\n")
    assert "// salesforce/syncs/contacts.ts" in shown.text
    script, _, rest = shown.html.partition(
        "Functions at the end of the file do what Python does and JavaScript does not"
    )
    assert "def fetch_data(nango):" in script and "export default async function fetchData(" in script
    assert "isoformat" in rest and "<details><summary>" in rest
    assert "function isoformat(" not in script and "function isoformat(" in rest


def test_the_other_layout_and_a_variable(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC)
    assert "createSync(" in kernel.run("%nango_show contacts --layout zero-yaml").check().html
    kernel.run("shown = %nango_show contacts").check()
    assert kernel.run("shown.ok, shown.path").check().text == "(True, 'salesforce/syncs/contacts.ts')"


def test_what_cannot_be_carried_over(kernel: Kernel) -> None:
    declare(kernel, REFUSED)
    shown = kernel.run("%nango_show odd").check()
    assert "import os" in shown.text and "ts-" in shown.text
    assert "1 error" in shown.html or "errors" in shown.html


def test_a_misspelt_name(kernel: Kernel) -> None:
    declare(kernel, YAML, SYNC)
    result = kernel.run("%nango_show contcts")
    assert result.error is not None
    assert "Did you mean 'contacts'?" in str(result.error)
