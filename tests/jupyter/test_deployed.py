"""%nango_records, %nango_status, %nango_trigger, %nango_start, %nango_pause in a kernel, on the sandbox."""

from __future__ import annotations

from collections.abc import Callable

from tests.deployed import Deployed, Runs, state
from tests.jupyter.cells import YAML, declare
from tests.kernel import Kernel
from tests.scripted import ScriptedNango


def test_records_as_a_frame(kernel: Kernel) -> None:
    declare(kernel, YAML)
    shown = kernel.run("%nango_records Contact conn-1 -o contacts").check()
    assert shown.text.startswith("✓ Contact on conn-1 · dev · 127.0.0.1:")
    assert "20 of 2,4" in shown.text and "<b>Contact</b> on conn-1" in shown.html
    counts = "len(contacts), int((contacts['last_action'] == 'DELETED').sum())"
    assert kernel.run(counts).check().text == "(2416, 3)"
    assert kernel.run("str(contacts['first_seen_at'].dtype), list(contacts)[-1]").check().text == (
        "('datetime64[ns, UTC]', 'cursor')"
    )
    assert kernel.run("%nango_records Contact conn-1 --limit 5;").check().text == ""


def test_options_as_a_function(kernel: Kernel) -> None:
    declare(kernel, YAML)
    code = "import nangonb\nfound = nangonb.records('Contact', 'conn-1', filter='deleted'); len(found)"
    assert kernel.run(code).check().text == "3"
    assert kernel.run("nangonb.last_records() is found").check().text == "True"


def test_a_misspelt_model(kernel: Kernel) -> None:
    declare(kernel, YAML)
    result = kernel.run("%nango_records Contakt conn-1 --integration-id salesforce")
    assert result.error is not None and result.error.ename == "UnknownName"
    assert "Did you mean 'Contact'?" in str(result.error)


def test_states_and_orders(kernel: Kernel) -> None:
    declare(kernel)
    name = "salesforce-sandbox/salesforce-contacts"
    shown = kernel.run(f"%nango_pause {name} conn-dev").check()
    assert f"Start it again: %nango_start {name} conn-dev" in shown.text and "■ PAUSED" in shown.text
    assert "paused: it does not run" in kernel.run(f"%nango_pause {name}").check().html
    assert "■ PAUSED" not in kernel.run(f"%nango_start {name}").check().text
    shown = kernel.run(f"%nango_trigger {name} conn-dev --reset").check()
    assert "triggered: Nango starts the run soon, from scratch." in shown.text
    assert f"Watch it: %nango_status {name} conn-dev" in shown.text
    assert (
        "salesforce-contacts" in kernel.run("%nango_status --integration-id salesforce-sandbox").check().text
    )
    kernel.run(
        "import nangonb, time\n"
        f"while nangonb.status('{name}', 'conn-dev').states[0]['status'] == 'RUNNING':\n"
        "    time.sleep(0.02)"
    ).check()
    assert "✓ SUCCESS" in kernel.run(f"%nango_status {name} conn-dev").check().text


def test_waiting_for_a_run(kernel: Kernel) -> None:
    declare(kernel)
    name = "salesforce-sandbox/salesforce-contacts"
    shown = kernel.run(f"%nango_trigger {name} conn-dev --reset --wait").check()
    assert "triggered, from scratch: the run succeeded after " in shown.text and "✓ SUCCESS" in shown.text
    assert "Its records: %nango_records " in shown.html
    code = f"import nangonb; nangonb.trigger('{name}', 'conn-dev', wait=True).run.outcome"
    assert kernel.run(code).check().text == "'succeeded'"


def test_completion_and_help(kernel: Kernel) -> None:
    declare(kernel, YAML)
    assert "Contact" in kernel.complete("%nango_records Con").matches
    assert "--empty-cache" in kernel.complete("%nango_trigger contacts --em").matches
    assert "for real" in kernel.run("%nango_trigger?").pager


def test_stopping_to_wait(new_kernel: Callable[..., Kernel], scripted: ScriptedNango) -> None:
    deployed = Deployed(scripted)
    kernel = new_kernel(env={"NANGO_HOSTPORT": scripted.url, "NANGO_SECRET_KEY": scripted.key})
    kernel.run("%load_ext nangonb").check()
    Runs(deployed, state(status="RUNNING"))
    waiting = kernel.begin("%nango_trigger contacts conn-1 --wait --integration-id acme")
    waiting.until("running · 2,413 records in Nango")
    kernel.interrupt()
    stopped = waiting.result()
    assert stopped.error is not None and stopped.error.ename == "Interrupted"
    assert "The run continues in Nango." in str(stopped.error)
    assert "%nango_status contacts conn-1 --integration-id acme" in str(stopped.error)
