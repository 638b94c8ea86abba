"""The kernel that other tests use does what they rely on."""

from __future__ import annotations

from tests.kernel import Kernel


def test_outputs_are_told_apart(kernel: Kernel) -> None:
    result = kernel.run(
        "import sys\n"
        "print('out'); print('err', file=sys.stderr)\n"
        "class Shown:\n"
        "    def _repr_html_(self): return '<b>rich</b>'\n"
        "    def __repr__(self): return 'plain'\n"
        "Shown()"
    ).check()
    assert (result.stdout, result.stderr) == ("out\n", "err\n")
    assert result.data == {"text/plain": "plain", "text/html": "<b>rich</b>"}
    assert result.html == "<b>rich</b>"
    assert "plain" in result.text
    assert result.error is None


def test_an_error_is_an_output(kernel: Kernel) -> None:
    result = kernel.run("{}['missing']")
    assert result.status == "error"
    assert result.error is not None
    assert (result.error.ename, result.error.evalue) == ("KeyError", "'missing'")
    assert "line 1" in result.error.traceback


def test_a_display_is_updated_in_place(kernel: Kernel) -> None:
    result = kernel.run("h = display('first', display_id=True)\nh.update('second')").check()
    assert [output["data"]["text/plain"] for output in result.outputs] == ["'second'"]


def test_the_stop_button(kernel: Kernel) -> None:
    running = kernel.begin("import threading\nprint('waiting')\nthreading.Event().wait()")
    running.until("waiting")
    kernel.interrupt()
    result = running.result()
    assert result.error is not None
    assert result.error.ename == "KeyboardInterrupt"
    assert kernel.run("'alive'").check().text == "'alive'"


def test_completion_and_help(kernel: Kernel) -> None:
    kernel.run("def greet(name):\n    'Says hello.'").check()
    assert "greet" in kernel.complete("gree").matches
    assert "Says hello." in kernel.inspect("greet")
    assert "Says hello." in kernel.run("greet?").pager


def test_questions_are_answered(kernel: Kernel) -> None:
    result = kernel.run("from getpass import getpass\nlen(getpass('key: '))", answers=["secret"])
    assert result.check().text == "6"


def test_widgets_are_operated(kernel: Kernel) -> None:
    kernel.run(
        "import ipywidgets\n"
        "pick = ipywidgets.Dropdown(options=['a', 'b'])\n"
        "go = ipywidgets.Button(description='go')\n"
        "go.on_click(lambda _: print('picked', pick.value))\n"
        "display(pick, go)"
    ).check()
    kernel.update_widget(kernel.widget(_model_name="DropdownModel"), index=1)
    assert kernel.click_widget(kernel.widget(description="go")).text == "picked b"
