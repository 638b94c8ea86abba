"""The judge itself: it runs scripts as Nango does, finds them equal where they are, and only there."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.equal import PythonRun, RecordingSession, compare, differ
from tests.interop.npm import LOCK, install
from tests.interop.project import skip_without_node
from tests.interop.scripts import Sample, declare, outcome, samples
from tests.interop.vm import VmHost
from tests.sandbox.process import Sandbox

#: TypeScript of samples that the translator refuses: the judge is tested without the translator.
BY_HAND = Path(__file__).parent / "by_hand"
WRITTEN = [sample for sample in samples() if (BY_HAND / f"{sample.name}.ts").is_file()]


def _named(sample: Sample) -> str:
    return sample.name


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[tuple[Sandbox, Sandbox]]:
    """One for Python, one for Node: what a script writes stays in its own."""
    pair = Sandbox(), Sandbox()
    yield pair
    for each in pair:
        each.close()


@pytest.fixture(scope="module")
def session(sandboxes: tuple[Sandbox, Sandbox]) -> RecordingSession:
    session = RecordingSession(sandboxes[0].url, sandboxes[0].key)
    declare(session)
    return session


@pytest.fixture(scope="module")
def host() -> Iterator[VmHost]:
    skip_without_node()
    with VmHost() as host:
        yield host


Runs = Callable[[str], dict[str, Any]]


@pytest.fixture
def run(host: VmHost, sandboxes: tuple[Sandbox, Sandbox]) -> Runs:
    """Runs the body of a sync of Salesforce."""

    def run(body: str, **options: Any) -> dict[str, Any]:
        source = f"export default async function fetchData(nango: any) {{ {body} }}"
        return _run(host, sandboxes[1], source, **options)

    return run


def _run(host: VmHost, sandbox: Sandbox, source: str, **options: Any) -> dict[str, Any]:
    given = {"kind": "sync", "integration": "salesforce", "connection": "conn-2", **options}
    return host.run(source=source, host=sandbox.url, key=sandbox.key, **given)


# The samples


@pytest.mark.parametrize("sample", samples(), ids=_named)
def test_sample_does_in_python_what_it_says(sample: Sample, session: RecordingSession) -> None:
    if sample.writes:
        fresh = Sandbox()
        session = RecordingSession(fresh.url, fresh.key)
        declare(session, sample)
    try:
        done = session.run(sample.name, sample.connection, **sample.options)
    finally:
        if sample.writes:
            fresh.close()
    assert outcome(done.document()) == sample.expect
    assert {"records", "output", "error", "metadata_writes", "logs"} & set(sample.expect)


def test_samples_are_one_project_without_errors(session: RecordingSession) -> None:
    problems = session.check(layout="zero-yaml").problems
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    lengths = [len(sample.text.splitlines()) for sample in samples()]
    assert len(lengths) >= 60 and max(lengths) >= 80


@pytest.mark.parametrize("sample", WRITTEN, ids=_named)
def test_equal_to_what_was_written_by_hand(
    sample: Sample, session: RecordingSession, host: VmHost, sandboxes: tuple[Sandbox, Sandbox]
) -> None:
    source = (BY_HAND / f"{sample.name}.ts").read_text("utf-8")
    python = session.run(sample.name, sample.connection, **sample.options)
    node = _run(
        host,
        sandboxes[1],
        source,
        kind=sample.kind,
        integration=sample.integration,
        connection=sample.connection,
        models=sample.models,
        **sample.options,
    )
    assert compare(python, node) == []


# What is not equal


@pytest.fixture(scope="module")
def equal_runs(
    session: RecordingSession, host: VmHost, sandboxes: tuple[Sandbox, Sandbox]
) -> tuple[PythonRun, dict[str, Any]]:
    (sample,) = (each for each in samples() if each.name == "contacts-resaved")
    source = (BY_HAND / "contacts-resaved.ts").read_text("utf-8")
    python = session.run(sample.name, sample.connection, **sample.options)
    node = _run(host, sandboxes[1], source, integration=sample.integration, connection=sample.connection)
    assert compare(python, node) == []
    return python, node


def _request(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["requests"][0]
    return found


def _record(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["records"]["ResavedContact"][0]
    return found


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another method": (lambda d: _request(d).update(method="POST"), "requests[0].method"),
    "another path": (lambda d: _request(d).update(path="/x"), "requests[0].endpoint"),
    "another parameter": (
        lambda d: _request(d).update(path=_request(d)["path"] + "&a=1"),
        "requests[0].params",
    ),
    "a body": (lambda d: _request(d).update(body='{"a": 1}'), "requests[0].data"),
    "a header": (lambda d: _request(d)["headers"].update({"X-A": "b"}), "requests[0].headers.x-a"),
    "retries": (lambda d: _request(d).update(retries=1), "requests[0].retries"),
    "another status": (lambda d: _request(d).update(status=201), "requests[0].status"),
    "one request more": (lambda d: d["requests"].append(_request(d)), "requests: Python has 1, Node 2"),
    "another value": (lambda d: _record(d).update(last_name="x"), "records.ResavedContact[0].last_name"),
    "null for a value": (lambda d: _record(d).update(last_name=None), "records.ResavedContact[0].last_name"),
    "a field less": (lambda d: _record(d).pop("email"), "records.ResavedContact[0].email"),
    "a field more": (lambda d: _record(d).update(more=None), "records.ResavedContact[0].more"),
    "another order": (lambda d: d["records"]["ResavedContact"].reverse(), "records.ResavedContact[0].id"),
    "a record less": (lambda d: d["records"]["ResavedContact"].pop(), "records.ResavedContact: Python has"),
    "no deletes": (lambda d: d.update(deleted={}), "deleted.ResavedContact"),
    "no updates": (lambda d: d.update(updated={}), "updated.ResavedContact"),
    "another log line": (lambda d: d["logs"].append({"level": "info", "message": "x"}), "logs: Python has"),
    "an output": (lambda d: d.update(output={}), "output"),
    "a failure": (lambda d: d.update(error={"type": "script_internal_error"}), "error: Python null"),
    "metadata": (lambda d: d["metadataWrites"].append({}), "metadata writes"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_difference_is_found(change: str, equal_runs: tuple[PythonRun, dict[str, Any]]) -> None:
    python, node = equal_runs
    altered = copy.deepcopy(node)
    alter, where = CHANGES[change]
    alter(altered)
    assert any(line.startswith(where) for line in compare(python, altered)), compare(python, altered)


@pytest.mark.parametrize(
    "ours, theirs", [(1, True), (0, False), (None, ""), ("1", 1), ([], {}), (None, False)]
)
def test_types_of_values_count(
    ours: object, theirs: object, equal_runs: tuple[PythonRun, dict[str, Any]]
) -> None:
    assert len(list(differ("x", ours, theirs))) == 1


@pytest.mark.parametrize(
    "ours, theirs", [(1, 1.0), (2**53 + 1, 2.0**53), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ((1,), [1])]
)
def test_numbers_are_doubles_and_keys_have_no_order(ours: object, theirs: object) -> None:
    assert list(differ("x", ours, theirs)) == []


# The vm host


ABSENT = (
    "process", "global", "fetch", "clearTimeout", "setInterval", "setImmediate", "queueMicrotask",
    "TextEncoder", "AbortController", "structuredClone", "atob", "btoa", "performance", "crypto", "Blob",
    "FormData",
)  # fmt: skip
FUNCTIONS = ("Buffer", "setTimeout", "URL", "URLSearchParams", "Error", "require", "Map", "Promise")
OBJECTS = ("console", "Intl", "JSON")


def test_globals_are_those_of_the_runner(run: Runs) -> None:
    kinds = ", ".join(f"typeof {name}" for name in (*ABSENT, *FUNCTIONS, *OBJECTS))
    done = run(f"await nango.log([{kinds}].join(' '))")
    assert done["error"] is None
    seen = done["logs"][0]["message"].split()
    assert seen == ["undefined"] * len(ABSENT) + ["function"] * len(FUNCTIONS) + ["object"] * len(OBJECTS)


def test_modules_are_those_of_the_runner(run: Runs) -> None:
    done = run("for (const name of ['url', 'crypto', 'zod']) await nango.log(typeof require(name))")
    assert [line["message"] for line in done["logs"]] == ["object"] * 3
    for name in ("fs", "node:crypto", "axios", "lodash"):
        assert run(f"require('{name}')")["error"]["message"] == f"Module '{name}' is not allowed"


@pytest.mark.parametrize("code", ["eval('1')", "new Function('return 1')()", "(0, eval)('1')"])
def test_no_code_from_text(code: str, run: Runs) -> None:
    assert run(code)["error"]["name"] == "EvalError"


def test_the_nango_object_hides_its_insides(run: Runs) -> None:
    for name in ("nango", "memoizedConnections", "constructor"):
        assert run(f"nango.{name}")["error"]["message"] == f'Access to "{name}" is not allowed.'
    done = run(
        "await nango.log(Object.getPrototypeOf(nango) === null, Object.keys(nango).includes('secretKey'))"
    )
    assert done["logs"] == [{"level": "info", "message": "true false"}]


def test_contexts_are_fresh(run: Runs) -> None:
    run("(globalThis as any).left = 1; (Object.prototype as any).behind = 2")
    done = run("await nango.log(typeof (globalThis as any).left, typeof ({} as any).behind)")
    assert done["logs"] == [{"level": "info", "message": "undefined undefined"}]


def test_an_http_error_is_that_of_axios(run: Runs) -> None:
    done = run(
        "try { await nango.get({ endpoint: '/services/data/v53.0/query/nope' }) } catch (e: any) {"
        "const { status, data } = e.response;"
        "await nango.log(e.message, e.code, e.isAxiosError, status, data[0].errorCode) }"
    )
    said = "Request failed with status code 400 ERR_BAD_REQUEST true 400 INVALID_QUERY_LOCATOR"
    assert done["logs"] == [{"level": "info", "message": said}]
    assert done["requests"][0]["status"] == 400


@pytest.mark.parametrize(
    "code, kind, payload",
    [
        ("throw new nango.ActionError({ a: 1 })", "action_script_runtime_error", {"a": 1}),
        ("throw new Error('x')", "script_internal_error", {"name": "Error", "message": "x", "code": None}),
        ("throw 'x'", "script_internal_error", {"name": "Error", "message": '"x"'}),
        ("(null as any).a", "script_internal_error", None),
        (
            "await nango.get({ endpoint: '/services/data/v53.0/sobjects/Contact/nope' })",
            "script_http_error",
            [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}],
        ),
    ],
)
def test_errors_are_reported_as_the_cli_does(code: str, kind: str, payload: Any, run: Runs) -> None:
    error = run(code)["error"]
    assert error["type"] == kind
    if payload is not None:
        assert error["payload"] == payload


def test_endless_scripts_end(sandboxes: tuple[Sandbox, Sandbox]) -> None:
    skip_without_node()
    with VmHost() as host:
        for body in ("await new Promise(() => {})", "while (true) {}"):
            source = f"export default async function fetchData(nango: any) {{ {body} }}"
            done = _run(host, sandboxes[1], source, timeout=0.5)
            assert "ran longer than" in done["error"]["message"]
        # the host that was ended with the script is replaced
        source = "export default async function fetchData(nango: any) { await nango.log('again') }"
        assert _run(host, sandboxes[1], source)["logs"] == [{"level": "info", "message": "again"}]


def test_files_import_each_other(host: VmHost, sandboxes: tuple[Sandbox, Sandbox]) -> None:
    files = {
        "salesforce/syncs/a.ts": "import type { A } from '../../models.js';\n"
        "import { b } from '../../mappers/b.js';\n"
        "export default async function fetchData(nango: any): Promise<void> { await nango.log(b('x')) }",
        "mappers/b.ts": "export function b(text: string): string { return text + 'b' }",
    }
    done = host.run(
        kind="sync",
        integration="salesforce",
        connection="conn-2",
        host=sandboxes[1].url,
        key=sandboxes[1].key,
        files=files,
    )
    assert done["logs"] == [{"level": "info", "message": "xb"}]


# The real software


def test_the_lock_file_names_no_address() -> None:
    lock = json.loads((LOCK / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [
        name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")
    ]


def test_installing_again_does_nothing() -> None:
    skip_without_node()
    stamp = install() / "installed.json"
    before = stamp.stat().st_mtime_ns
    install.cache_clear()
    assert install() == stamp.parent
    assert stamp.stat().st_mtime_ns == before
