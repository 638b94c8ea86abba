"""TypeScript cells in a real kernel: the stop button, and the process behind them."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable
from pathlib import Path

from tests.kernel import Kernel

YAML = """%%nango_yaml
integrations:
  salesforce:
    syncs:
      endless: {runs: every day, output: Contact, endpoint: GET /endless}
      quick: {runs: every day, output: Contact, endpoint: GET /quick}
models:
  Contact: {id: string}
"""
ENDLESS = """%%nango_sync_ts endless
import type { NangoSync, Contact } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    await nango.batchSave([{ id: 'kept' }] as Contact[], 'Contact');
    await nango.log('in the loop');
    WAIT
}
"""
QUICK = """%%nango_sync_ts quick
export default async function fetchData(nango: any) {
    await nango.batchSave([{ id: '1' }], 'Contact');
}
"""
CHILD = """
import importlib
importlib.import_module("nangonb._scripts.typescript")._threads.process._process.pid
"""


def test_the_stop_button_ends_whatever_the_script_does(new_kernel: Callable[..., Kernel]) -> None:
    kernel = new_kernel()
    for cell in ("%load_ext nangonb", YAML, QUICK):
        kernel.run(cell).check()
    for wait in ("for (;;) {}", "await new Promise(() => {});"):
        kernel.run(ENDLESS.replace("WAIT", wait)).check()
        running = kernel.begin(
            "import nangonb, logging\n"
            "from nangonb._trace import Trace\n"
            "said = Trace.log\n"
            "Trace.log = lambda self, level, message: (said(self, level, message), print(message))[0]\n"
            "try:\n    nangonb.dryrun('endless', 'conn-1')\nfinally:\n    Trace.log = said"
        )
        running.until("in the loop")
        kernel.interrupt()
        result = running.result()
        assert result.error is not None
        assert result.error.ename == "Interrupted"
        state = kernel.run("nangonb.last_dryrun().state, nangonb.last_dryrun().records").check()
        assert state.text == "('interrupted', {'Contact': [{'id': 'kept'}]})"
        assert "added 1" in kernel.run("%nango_dryrun quick conn-1").check().text


def test_node_ends_with_its_kernel(new_kernel: Callable[..., Kernel]) -> None:
    kernel = new_kernel()
    for cell in ("%load_ext nangonb", YAML, QUICK, "%nango_dryrun quick conn-1"):
        kernel.run(cell).check()
    child = int(kernel.run(CHILD).check().text)
    assert Path(f"/proc/{child}/environ").read_bytes() == b"TZ=UTC\0"
    os.kill(kernel.pid, signal.SIGKILL)
    ended(child)


def ended(process: int) -> None:
    """Waits until a process is gone."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        assert select.select([watched], [], [], 30)[0]
    finally:
        os.close(watched)


def test_completion_in_the_body(new_kernel: Callable[..., Kernel]) -> None:
    kernel = new_kernel()
    for cell in ("%load_ext nangonb", YAML, QUICK):
        kernel.run(cell).check()

    def matches(body: str) -> list[str]:
        return list(kernel.complete(f"%%nango_sync_ts quick\n{body}").matches)

    assert matches("await nango.batchS") == ["batchSave"]
    assert matches("    const url = await nango.getWeb") == ["getWebhookURL"]
    assert matches("await nango.batchSave(rows, 'Con") == ["Contact"]
    assert matches("import type { NangoSync, Con") == ["Contact"]
    assert matches("//| run") == ["runs: "]


def test_show_and_generate(new_kernel: Callable[..., Kernel]) -> None:
    kernel = new_kernel()
    for cell in ("%load_ext nangonb", YAML, QUICK):
        kernel.run(cell).check()
    shown = kernel.run("%nango_show quick").check().text
    assert shown.startswith("// salesforce/syncs/quick.ts\nexport default async function fetchData")
    generated = kernel.run("%nango_generate --language typescript").check()
    assert "%%nango_sync_ts endless" in generated.text + str(generated.payload)
