"""Stopping a run: the stop button, --timeout, --max-requests, --read-only. Nothing is lost."""

from __future__ import annotations

import gc
import json
import signal
import threading
from pathlib import Path

import pytest

from nangonb._dryrun.document import pieces
from nangonb.errors import ConfigurationError, Interrupted, UsageError
from tests.scripted import Answer, Asked, ScriptedNango
from tests.world import World, shown

SAVE = "nango.batch_save([{'id': '1'}, {'id': '2'}], 'Contact')\nnango.log('saved')\n"


def stop_main() -> None:
    """What the stop button does: SIGINT in the main thread."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


class TestInterrupted:
    def test_in_a_request(self, acme: World, scripted: ScriptedNango, held: threading.Event) -> None:
        def hold(asked: Asked) -> Answer:
            stop_main()
            held.wait(30)
            return Answer([])

        scripted.answers = [hold]
        with pytest.raises(Interrupted) as caught:
            acme.sync(SAVE + "nango.get('/slow')")
        result = caught.value.dryrun
        assert result.records == {"Contact": [{"id": "1"}, {"id": "2"}]}
        assert [entry.message for entry in result.trace.logs] == ["saved"]
        assert [(entry.endpoint, entry.code) for entry in result.trace.requests] == [("/slow", "interrupted")]
        text = shown(caught.value)
        assert text.startswith("Interrupted: contacts was stopped after ")
        assert "It was at Cell In[2], line 5: nango.get('/slow')" in text
        assert "Kept until then: 2 records, 1 request: nangonb.last_dryrun()" in text
        assert caught.value.exit_code == 130

    def test_in_a_loop(self, acme: World) -> None:
        import tests.world as world

        world.looping.clear()

        def stop() -> None:
            world.looping.wait(30)
            stop_main()

        thread = threading.Thread(target=stop)
        thread.start()
        with pytest.raises(Interrupted) as caught:
            acme.sync(SAVE + "while True:\n    looping.set()", head="from tests.world import looping\n")
        thread.join()
        result = caught.value.dryrun
        assert (result.state, result.counts.added) == ("interrupted", 2)
        assert len(result.df) == 2
        assert "■ contacts on conn-1" in str(result)
        (problem,) = result.problem_list
        assert (problem.code, problem.severity) == ("interrupted", "warning")

    def test_the_last_dryrun_is_the_interrupted_one(self, acme: World) -> None:
        with pytest.raises(Interrupted) as caught:
            acme.sync(SAVE + "raise KeyboardInterrupt")
        assert acme.session.last_dryrun() is caught.value.dryrun
        assert acme.session.last_dryrun("contacts").counts.added == 2
        assert acme.session.dryrun is not None

    def test_a_script_may_clean_up(self, acme: World) -> None:
        with pytest.raises(Interrupted) as caught:
            acme.sync("try:\n    raise KeyboardInterrupt\nfinally:\n    nango.log('cleaned up')")
        assert [entry.message for entry in caught.value.dryrun.trace.logs] == ["cleaned up"]


class TestTimeout:
    @pytest.mark.parametrize(
        "loop",
        [
            "while True: pass",
            "while True:\n    try:\n        while True: pass\n    except Exception:\n        pass",
        ],
    )
    def test_ends_an_endless_loop(self, acme: World, loop: str) -> None:
        with pytest.raises(Interrupted) as caught:
            acme.sync(SAVE + loop, timeout=0.2)
        assert "contacts was stopped: it ran longer than 0.2 s (--timeout)." in shown(caught.value)
        assert caught.value.dryrun.counts.added == 2
        assert caught.value.dryrun.capped == "timeout"

    def test_a_bare_except_does_not_outlive_it(self, acme: World) -> None:
        with pytest.raises(Interrupted):
            acme.sync("try:\n    while True: pass\nexcept:\n    pass\nwhile True: pass", timeout=0.2)

    def test_is_an_hour_unless_given(self, acme: World) -> None:
        assert acme.sync("pass").caps["timeout"] == 3600
        assert acme.sync("pass", timeout=5).caps["timeout"] == 5

    def test_ends_a_request_in_another_thread(
        self, acme: World, scripted: ScriptedNango, held: threading.Event
    ) -> None:
        def hold(asked: Asked) -> Answer:
            held.wait(30)
            return Answer([])

        caught: list[BaseException] = []

        def run(call: str) -> None:
            try:
                acme.sync(SAVE + call, timeout=0.3)
            except BaseException as error:
                caught.append(error)

        scripted.api["/environment-variables"] = hold
        for call in ("nango.get('/slow')", "nango.get_environment_variables()"):
            scripted.answers = [hold]
            thread = threading.Thread(target=run, args=(call,))
            thread.start()
            thread.join(20)
            assert not thread.is_alive()
            error = caught.pop()
            assert isinstance(error, Interrupted) and error.dryrun.capped == "timeout"
            assert error.dryrun.records == {"Contact": [{"id": "1"}, {"id": "2"}]}

    def test_puts_everything_back(self, acme: World) -> None:
        before = signal.getsignal(signal.SIGALRM), gc.get_threshold()
        acme.sync("pass", timeout=5)
        assert (signal.getsignal(signal.SIGALRM), gc.get_threshold()) == before
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)

    def test_in_another_thread_it_ends_at_the_next_request(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.answers = [{}] * 1_000
        caught: list[BaseException] = []

        def run() -> None:
            try:
                acme.sync("while True: nango.get('/a')", timeout=0.05)
            except Interrupted as error:
                caught.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        assert len(caught) == 1


class TestMaxRequests:
    def test_ends_the_run_and_keeps_it_as_a_success(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [[{"id": "1"}]] * 9
        result = acme.sync(
            "while True:\n    try:\n        nango.batch_save(nango.get('/a').data, 'Contact')\n"
            "    except Exception:\n        pass",
            max_requests=1,
        )
        assert (result.ok, result.trace.request_count, len(scripted.asked)) == (True, 1, 1)
        (problem,) = [p for p in result.problem_list if p.code == "cap-reached"]
        assert "The run ended after 1 request (--max-requests)" in problem.message
        first = str(result).splitlines()[0]
        assert first.startswith("▲ contacts on conn-1") and first.endswith(
            "stopped by --max-requests · 1 warning"
        )
        html = result._repr_mimebundle_()["text/html"]
        assert "stopped by --max-requests" in html and "<details open><summary>1 warning" in html

    def test_a_returned_value_is_seen_at_once(self, acme: World) -> None:
        result = acme.sync("return 5")
        first = str(result).splitlines()[0]
        assert first.startswith("▲ contacts on conn-1") and first.endswith(" · 1 error")
        assert "fetch_data returned a value." in str(result)

    def test_a_run_within_it_says_nothing(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{}]
        assert acme.sync("nango.get('/a')", max_requests=1).problem_list == []

    @pytest.mark.parametrize("options", [{"max_requests": 0}, {"max_requests": -1}, {"timeout": 0.0}])
    def test_must_be_above_zero(self, acme: World, options: dict[str, float]) -> None:
        with pytest.raises(UsageError) as caught:
            acme.sync("pass", **options)
        assert "is a number above 0, not" in shown(caught.value)

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "5"])
    def test_must_be_a_number(self, acme: World, value: object) -> None:
        with pytest.raises(UsageError, match="--timeout is a number above 0"):
            acme.sync("pass", timeout=value)


class TestMaxRecords:
    PAGES = "while True:\n    nango.batch_save(nango.get('/a').data, 'Contact')"

    def test_keeps_as_many_and_ends_the_run(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [[{"id": f"{page}-{n}"} for n in range(3)] for page in range(9)]
        result = acme.sync(self.PAGES, max_records=4)
        assert (result.ok, result.capped, result.counts.added) == (True, "max-records", 4)
        assert [row["id"] for row in result.records["Contact"]] == ["0-0", "0-1", "0-2", "1-0"]
        assert result.caps["max-records"] == 4
        (problem,) = result.problem_list
        assert problem.code == "cap-reached"
        assert problem.message == "The run ended after 4 records (--max-records); there may be more records."
        first = str(result).splitlines()[0]
        assert first.startswith("▲ contacts") and "stopped by --max-records · 1 warning" in first

    def test_fetches_no_more_when_it_is_full(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [[{"id": f"{page}-{n}"} for n in range(3)] for page in range(9)]
        result = acme.sync(self.PAGES, max_records=3)
        assert (result.capped, result.counts.added, len(scripted.asked)) == ("max-records", 3, 1)

    def test_a_run_within_it_says_nothing(self, acme: World) -> None:
        result = acme.sync("nango.batch_save([{'id': '1'}], 'Contact')", max_records=1)
        assert (result.capped, result.problem_list) == (None, [])

    def test_counts_updates_deletes_and_other_scripts(self, acme: World) -> None:
        body = (
            "nango.batch_update([{'id': '1', 'age': 1}], 'Contact')\n"
            "nango.batch_delete([{'id': '2'}, {'id': '3'}], 'Contact')\nnango.log('never')"
        )
        result = acme.sync(body, max_records=2)
        assert (result.counts.updated, result.counts.deleted) == (1, 1)
        assert (result.capped, result.trace.logs) == ("max-records", [])

    def test_is_a_whole_number(self, acme: World) -> None:
        with pytest.raises(UsageError, match=r"--max-records is a whole number, not 2\.5"):
            acme.sync("pass", max_records=2.5)


class TestMemory:
    GROWS = (
        "nango.batch_save([{'id': '1'}], 'Contact')\nheld = []\nwhile True:\n    held.append('x' * 2**22)\n"
    )

    def test_a_run_that_grows_too_much_ends_and_is_kept(self, acme: World, scripted: ScriptedNango) -> None:
        Path("pyproject.toml").write_text("[tool.nangonb]\nmax_memory_mb = 40\n")
        scripted.answers = [{}] * 5_000
        result = acme.sync(self.GROWS + "    nango.get('/a')")
        assert (result.ok, result.capped, result.caps["memory"]) == (True, "memory", 40 * 2**20)
        assert result.records == {"Contact": [{"id": "1"}]}
        (problem,) = result.problem_list
        assert "MB of memory, and may take 40 MB (max_memory_mb); there may be more" in problem.message
        assert "max_memory_mb below [tool.nangonb]" in problem.hint
        assert "stopped by the memory limit" in str(result).splitlines()[0]

    def test_saving_is_watched_too(self, acme: World) -> None:
        Path("pyproject.toml").write_text("[tool.nangonb]\nmax_memory_mb = 40\n")
        result = acme.sync(self.GROWS + "    nango.batch_save([{'id': str(len(held))}], 'Contact')")
        assert (result.capped, result.counts.added > 1) == ("memory", True)

    def test_there_is_a_limit_by_default(self, acme: World) -> None:
        assert (acme.sync("pass").caps["memory"] or 0) >= 256 * 2**20

    @pytest.mark.parametrize("value", ["0", "1.5", "true", "'much'"])
    def test_is_a_number_of_megabytes(self, acme: World, value: str) -> None:
        Path("pyproject.toml").write_text(f"[tool.nangonb]\nmax_memory_mb = {value}\n")
        with pytest.raises(ConfigurationError, match="max_memory_mb is a number of megabytes"):
            acme.sync("pass")


class TestReadOnly:
    @pytest.mark.parametrize(
        ("call", "what"),
        [
            ("nango.post('/a')", "POST /a would write to the provider"),
            ("nango.proxy('/a', method='DELETE')", "DELETE /a would write to the provider"),
            ("nango.set_metadata({})", "This would write the connection's metadata in Nango"),
            ("nango.update_metadata({})", "This would write the connection's metadata in Nango"),
        ],
    )
    def test_refuses_what_writes(self, acme: World, scripted: ScriptedNango, call: str, what: str) -> None:
        error = acme.fails(SAVE + call, read_only=True)
        assert f"SDKError: {what}, and this run is read-only (--read-only)." in shown(error)
        assert scripted.asked == []
        assert [asked.method for asked in scripted.called if asked.method != "GET"] == []
        assert error.dryrun.counts.added == 2
        assert error.dryrun.writes == 0

    def test_lets_reads_through(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{}, {}]
        assert acme.sync("nango.get('/a')\nnango.proxy('/b', method='HEAD')", read_only=True).ok

    def test_writes_are_counted(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{}, {}]
        result = acme.sync("nango.post('/a')\nnango.put('/b')\nnango.set_metadata({'a': 1})")
        assert (result.writes, result.metadata_writes) == (2, 1)
        assert " · 2 writes to the provider · 1 write to metadata · " in str(result)

    def test_metadata_is_not_the_providers(self, acme: World) -> None:
        """Nango keeps it; and it really changes, so that a read-only run refuses it."""
        result = acme.sync("nango.update_metadata({'a': 1})\nnango.set_metadata({'a': 2})")
        counts = json.loads(b"".join(pieces(result)))["counts"]
        assert (counts["writes"], counts["metadata_writes"], counts["requests"]) == (0, 2, 0)
        for shown_as in (str(result), result._repr_mimebundle_()["text/html"]):
            assert "0 writes to the provider" in shown_as and "2 writes to metadata" in shown_as
        assert "metadata" not in str(acme.sync("pass"))
