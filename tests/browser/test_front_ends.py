"""The front ends work here at all: cells run, widgets answer, and pages without widgets fall back."""

from __future__ import annotations

import sys

import pandas as pd
from playwright.sync_api import expect

from nangonb._render import frame_html
from tests.browser.notebook_page import NotebookPage

WIDGETS = """\
import ipywidgets
pick = ipywidgets.Dropdown(options=['-', 'conn-1', 'conn-2'], description='Connection')
out = ipywidgets.Output()
@out.capture(clear_output=True)
def chosen(change):
    print('chose', change.new)
pick.observe(chosen, 'value')
ipywidgets.VBox([pick, out])"""


def test_cells_run_in_this_environment(nb: NotebookPage) -> None:
    nb.open(["print(1 + 1)", "import sys; print(sys.prefix)", "1 / 0"])
    assert not nb.run_all()
    expect(nb.output(0)).to_have_text("2")
    expect(nb.output(1)).to_have_text(sys.prefix)
    expect(nb.output(2)).to_contain_text("ZeroDivisionError")
    nb.set_source(0, "print(20 + 1)")
    assert nb.run_cell(0)
    expect(nb.output(0)).to_have_text("21")
    nb.save()
    assert "print(20 + 1)" in (nb.root / "notebook.ipynb").read_text()
    nb.restart()
    nb.set_source(0, "print('sys' in globals())")
    assert nb.run_cell(0)
    expect(nb.output(0)).to_have_text("False")


def test_widgets_answer(nb: NotebookPage) -> None:
    nb.open([WIDGETS, "print(pick.value)"])
    assert nb.run_all()
    nb.output(0).locator("select").select_option("conn-2")
    expect(nb.output(0)).to_contain_text("chose conn-2")
    assert nb.run_cell(1)
    expect(nb.output(1)).to_have_text("conn-2")


def test_without_widgets_the_fallback_is_shown(plain_nb: NotebookPage) -> None:
    plain_nb.open([WIDGETS])
    assert plain_nb.run_all()
    expect(plain_nb.output(0)).to_contain_text("VBox(children=(Dropdown(")
    expect(plain_nb.output(0).locator("select")).to_have_count(0)


def test_a_table_of_many_columns_is_scrolled_and_not_squeezed(nb: NotebookPage) -> None:
    frame = pd.DataFrame({f"column_{n}": ["003Dm0000000001IAA", "x" * 110] for n in range(15)})
    nb.open([f"from IPython.display import HTML\nHTML({frame_html(frame)!r})"])
    assert nb.run_all()
    scrolled = nb.output(0).locator(".n-scroll")
    expect(scrolled.locator("td").first).to_have_text("003Dm0000000001IAA")
    heights = scrolled.locator("tbody tr").evaluate_all("rows => rows.map(row => row.clientHeight)")
    assert heights[0] < 40  # pixels: one line
    assert heights[1] < 80  # three, broken at the greatest width
    assert scrolled.evaluate("box => box.scrollWidth > box.clientWidth")
