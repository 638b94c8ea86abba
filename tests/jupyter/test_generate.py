"""%nango_generate, as a front end sees it."""

from __future__ import annotations

from tests.kernel import Kernel

YAML = """\
%%nango_yaml
integrations:
    salesforce:
        syncs:
            one:
                runs: every day
                output: Contact
                endpoint: /one
            two:
                runs: every day
                output: Other
                endpoint: /two
models:
    Contact:
        id: string
    Other:
        id: string
"""


def test_a_cell_for_each_script(kernel: Kernel) -> None:
    kernel.run("%load_ext nangonb").check()
    kernel.run(YAML).check()
    shown = kernel.run("made = %nango_generate\nmade").check()
    assert "A cell for one is inserted below." in shown.text
    assert "for two" in shown.text
    for name in ("one", "two"):
        cell = kernel.run(f"print(made.cells[{name!r}])").check().stdout
        assert cell.startswith(f"%%nango_sync {name}\n")
        kernel.run(cell).check()
        result = kernel.run(f"%nango_dryrun {name} conn-1 --integration-id salesforce").check()
        assert "added 0" in result.text
    assert "Every declared script has its cell." in kernel.run("%nango_generate").check().text
