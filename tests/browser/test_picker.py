"""The picker and the quickstart in a real front end."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.notebook_page import NotebookPage
from tests.demo import CONNECTIONS
from tests.jupyter.cells import SYNC, YAML

CELLS = ["%load_ext nangonb", YAML, SYNC, "%nango_connection conn-1 --integration-id salesforce"]
CELLS += ["%nango_dryrun contacts -o found", "print(len(found))"]


def test_another_connection_is_chosen(nb: NotebookPage) -> None:
    nb.open(CELLS)
    assert nb.run_all()
    expect(nb.output(4)).to_contain_text("contacts on conn-1")
    expect(nb.output(4)).to_contain_text("20 of 2,000 rows × 2 columns")
    picker = nb.output(3)
    expect(picker).to_contain_text("conn-1 is selected for salesforce.")
    picker.locator(".widget-select select").select_option("conn-2")
    expect(picker).to_contain_text(
        "conn-2 is selected for salesforce. The line that does it: %nango_connection conn-2"
    )
    assert nb.run_cell(4)
    expect(nb.output(4)).to_contain_text("contacts on conn-2 · sandbox · added 318")
    expect(nb.output(4)).to_contain_text("20 of 318 rows × 2 columns")
    expect(nb.output(4).locator("tbody tr")).to_have_count(20 + 1 + 1)  # and a log message, and a request
    assert nb.run_cell(5)
    expect(nb.output(5)).to_have_text("318")


def test_the_picker_is_searched(nb: NotebookPage) -> None:
    nb.open(["%load_ext nangonb", "%nango_connection"])
    assert nb.run_all()
    picker = nb.output(1)
    expect(picker.locator(".widget-select option")).to_have_count(len(CONNECTIONS))
    picker.get_by_placeholder("search ids and tags").fill("initech")
    expect(picker.locator(".widget-select option")).to_have_text(["gh-2 · github", "expired-1 · unreliable"])
    expect(picker.locator("tbody tr")).to_have_count(2)
    expect(picker.locator("tbody tr").nth(1)).to_contain_text("✗ auth")


def test_keys_stay_in_the_picker(nb: NotebookPage) -> None:
    nb.open(["%load_ext nangonb", "%nango_connection --integration-id salesforce", "print('below')"])
    assert nb.run_all()
    picker, page = nb.output(1), nb.page
    choices = picker.locator("select")
    expect(choices).to_have_count(3)
    for index in range(3):
        choices.nth(index).focus()
        for key in ("ArrowDown", "x", "d", "d", "a", "b", "m", "Shift+j", "k", "ArrowUp"):
            page.keyboard.press(key)
            expect(choices.nth(index)).to_be_focused()
    assert [nb.source(cell) for cell in range(nb.cells)] == [
        "%load_ext nangonb",
        "%nango_connection --integration-id salesforce",
        "print('below')",
    ]
    choices.nth(1).select_option("salesforce")
    connections = picker.locator(".widget-select select")
    expect(connections.locator("option")).to_have_text(["conn-1", "conn-2"])
    connections.focus()
    page.keyboard.press("Home")
    expect(picker).to_contain_text("conn-1 is selected for salesforce.")
    page.keyboard.press("ArrowDown")
    expect(picker).to_contain_text("conn-2 is selected for salesforce.")
    page.keyboard.press("Control+Enter")  # what is no text is still the notebook's: the cell runs again
    expect(nb.output(1).locator(".widget-select select")).not_to_be_focused()
    nb.cell(2).locator(".jp-InputPrompt").click()
    page.keyboard.press("x")  # and so are all keys anywhere else
    assert nb.cells == 2


def test_a_front_end_without_anywidget_shows_the_picker(elsewhere_nb: NotebookPage) -> None:
    nb = elsewhere_nb
    nb.open(["%load_ext nangonb", "%nango_connection --integration-id salesforce"])
    assert nb.run_all()
    picker = nb.output(1)
    picker.locator(".widget-select select").select_option("conn-2")
    expect(picker).to_contain_text("conn-2 is selected for salesforce.")
    expect(picker.locator(".jupyter-widgets-error-widget")).to_have_count(1)
    expect(picker.locator(".jupyter-widgets-error-widget")).to_be_hidden()


def test_opened_again_the_table_remains(nb: NotebookPage) -> None:
    nb.open(["%load_ext nangonb", "%nango_connection conn-2"])
    assert nb.run_all()
    expect(nb.output(1).locator(".widget-select")).to_be_visible()
    nb.save()
    nb.page.goto("about:blank")
    nb.server.end_kernels()
    nb.open("notebook.ipynb")
    expect(nb.output(1).locator("tbody tr")).to_have_count(len(CONNECTIONS))
    expect(nb.output(1)).to_contain_text("conn-2 is selected for salesforce.")
    error = nb.output(1).get_by_text("Error displaying widget")
    expect(error).to_have_count(1)  # the front end writes it in the place of the widgets
    expect(error).to_be_hidden()


def test_without_widgets_there_are_the_lines_to_paste(plain_nb: NotebookPage) -> None:
    plain_nb.open(CELLS)
    assert plain_nb.run_all()
    expect(plain_nb.output(3).locator("select")).to_have_count(0)
    expect(plain_nb.output(3).locator("tbody tr code")).to_have_text(
        ["%nango_connection conn-1", "%nango_connection conn-2"]
    )
    plain_nb.set_source(3, "%nango_connection conn-2")
    assert plain_nb.run_cell(3)
    assert plain_nb.run_cell(4)
    expect(plain_nb.output(4)).to_contain_text("contacts on conn-2")


def test_the_stop_button(lab_nb: NotebookPage) -> None:
    endless = SYNC.replace("    nango.log(", "    while True:\n        pass\n    nango.log(")
    lab_nb.open([*CELLS[:2], endless, "%nango_dryrun contacts conn-1", "print('on')"])
    for index in range(3):
        assert lab_nb.run_cell(index)
    lab_nb.page.evaluate(
        """() => { const app = window.jupyterapp; app.shell.currentWidget.content.activeCellIndex = 3;
                   app.commands.execute('notebook:run-cell'); }"""
    )
    expect(lab_nb.output(3)).to_contain_text("2,000 records")
    lab_nb.command("notebook:interrupt-kernel")
    expect(lab_nb.output(3)).to_contain_text("Interrupted: contacts was stopped")
    expect(lab_nb.output(3)).to_contain_text("Kept until then: 2,000 records, 1 request")
    expect(lab_nb.output(3)).not_to_contain_text("stop with")
    assert lab_nb.run_cell(4)


def test_the_quickstart_runs_from_its_first_to_its_last_cell(lab_nb: NotebookPage, root: Path) -> None:
    shutil.copy(root / "notebooks" / "quickstart.ipynb", lab_nb.root)
    lab_nb.open("quickstart.ipynb")
    assert lab_nb.run_all()
    page = lab_nb.page
    expect(
        page.get_by_text(re.compile("salesforce-contacts on conn-1 · sandbox · added 2,413"))
    ).to_be_visible()
    expect(
        page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")
    ).to_have_count(0)
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text("salesforce-contacts.ts")
    assert (lab_nb.root / "nango-integrations" / "nango.yaml").is_file()
    picker = page.locator(".widget-select select")
    picker.scroll_into_view_if_needed()
    lab_nb.screenshot("quickstart")
