"""What is seen in a script without running it stands under its cell."""

from __future__ import annotations

from tests.jupyter.cells import SYNC, YAML, declare
from tests.kernel import Kernel


def test_lints_stand_under_the_cell_with_the_line_quoted(kernel: Kernel) -> None:
    declare(kernel, YAML)
    count = kernel.run("def shout(text):\n    return text.upper()").check().execution_count
    broken = SYNC.replace('nango.log("done")', 'nango.log(shout("done"))').replace('"Contact")', '"Contcat")')
    result = kernel.run(broken).check()
    lines = broken.splitlines()
    for code, text in (("unknown-model", '"Contcat")'), ("undefined-name", "shout")):
        line = next(number for number, each in enumerate(lines, 1) if text in each)
        assert f"✗ Cell In[{result.execution_count}], line {line}" in result.text
        assert f"error {code}:" in result.text
        assert code in result.html
    assert "Did you mean 'Contact'?" in result.text
    assert f"shout is defined in Cell In[{count}]." in result.text
    assert "ts-" not in result.text
