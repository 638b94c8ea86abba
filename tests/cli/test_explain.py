"""``nangonb explain`` and ``nangonb.explain``."""

from __future__ import annotations

import pytest

import nangonb
from nangonb._cli.main import main
from nangonb._project.codes import CODES
from nangonb.errors import UnknownName


def test_the_entry_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "key-order"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("key-order (error)\n")
    assert "    for key in by_id:\n" in printed
    assert "\nFix: Iterate over `sorted(by_id)`" in printed


def test_a_number_of_the_compiler(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "ts-2305"]) == 0
    assert capsys.readouterr().out.startswith("ts-2305 (error or warning)\n")


def test_an_unknown_code_has_its_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "key-ordr"]) == 2
    assert "Did you mean 'key-order'?" in capsys.readouterr().err


def test_links_have_no_targets() -> None:
    assert "](" not in "".join(nangonb.explain(name).text() for name in CODES)


def test_html_is_escaped_and_has_code() -> None:
    html = nangonb.explain("wrong-type").html()
    assert "<code>object</code>" in html and '<pre class="n-quote">' in html
    assert "==&gt; nango.yaml &lt;==" in nangonb.explain("failed-cell").html()


def test_an_unknown_code() -> None:
    with pytest.raises(UnknownName):
        nangonb.explain("no-such-code")
