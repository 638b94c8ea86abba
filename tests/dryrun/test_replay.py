"""Saved responses: what is written, what is found again, and what a replay says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nangonb._dryrun.identity import as_sent, identities
from nangonb._dryrun.saved_responses import from_document, read
from nangonb._nango import ProxyRequest
from nangonb.errors import SDKError, UsageError
from tests.scripted import Answer, ScriptedNango
from tests.world import YAML, World

PAGES = """
for page in nango.paginate('/items', paginate={'type': 'cursor', 'response_path': 'items',
        'cursor_path_in_response': 'next', 'cursor_name_in_request': 'cursor'}):
    nango.batch_save([{'id': row['id'], 'name': row.get('name')} for row in page], 'Contact')
"""
SAVED = Path("acme/tests/contacts.test.json")


def request(endpoint: str, **options: Any) -> ProxyRequest:
    return ProxyRequest(endpoint=endpoint, provider_config_key="acme", connection_id="conn-1", **options)


def two_pages(scripted: ScriptedNango) -> None:
    scripted.answers += [{"items": [{"id": "1", "name": None}], "next": "b"}, {"items": [{"id": "2"}]}]


def test_the_hash_is_the_one_of_the_cli() -> None:
    asked = as_sent(request("/services/data/v53.0/query/01g-2000"))
    assert asked.hash == "e6b2fe4c4c4c5738b455704ddb9742a48b7641e2"


def test_the_files_of_the_cli_load_and_each_request_is_found_again(shared: Path) -> None:
    files = sorted((shared / "nango" / "mocks").glob("*/*.test.json"))
    found = hashed = 0
    for file in files:
        saved = read(file)
        for method, endpoint, one in saved.all():
            given = one.request or {}
            asked = request(
                f"/{endpoint}",
                method=method.upper(),
                params=given.get("params"),
                headers=given.get("headers"),
                data=given.get("data"),
            )
            assert saved.find(identities(asked)) is one, file
            found += 1
            hashed += as_sent(asked).hash == one.hash
    # one file was edited: its request lacks the header that its hash was made of
    assert (len(files), found, hashed) == (60, 59, 58)


def test_a_saved_run_replays_without_a_network(acme: World, scripted: ScriptedNango) -> None:
    two_pages(scripted)
    result = acme.sync(PAGES, save_responses=True)
    saved = json.loads(SAVED.read_text())
    assert list(saved) == ["nango", "api"]
    assert saved["nango"]["batchSave"] == {"Contact": [{"id": "1", "name": None}, {"id": "2", "name": None}]}
    assert saved["nango"]["batchDelete"] == {"Contact": []}
    first, second = saved["api"]["get"]["/items"]
    assert (first["request"], second["request"]) == ({}, {"params": {"cursor": "b"}})
    assert "acme/tests/contacts.test.json" in str(result)
    asked = len(scripted.asked), len(scripted.called)
    replays = acme.session.test()
    assert (replays.passed, replays.failed, replays.skipped, replays.ok) == (1, 0, 0, True)
    replayed = replays["contacts"].dryrun
    assert replayed is not None and replayed.records == result.records
    assert (len(scripted.asked), len(scripted.called)) == asked


def test_the_first_difference_names_record_path_and_values(acme: World, scripted: ScriptedNango) -> None:
    two_pages(scripted)
    acme.sync(PAGES, save_responses=True)
    saved = json.loads(SAVED.read_text())
    saved["nango"]["batchSave"]["Contact"][1]["name"] = "Ada"
    SAVED.write_text(json.dumps(saved))
    replays = acme.session.test("contacts")
    assert not replays.ok
    found = replays["contacts"].difference
    assert found is not None
    assert (found.where, found.id, found.path, found.expected, found.got) == (
        "batch_save Contact", "2", "name", "Ada", None,
    )  # fmt: skip
    assert '"Ada"' in replays.text() and "1 failed" in replays.html()
    del saved["nango"]["batchSave"]["Contact"][1]["name"]  # absent, and got null
    SAVED.write_text(json.dumps(saved))
    assert "expected nothing, got null" in acme.session.test()["contacts"].reason


def test_a_request_that_is_not_saved_is_named_with_the_nearest(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers.append({"ok": 1})
    acme.sync("nango.get('/items', params={'page': 1})", save_responses=True)
    acme.cell("%%nango_sync contacts\ndef fetch_data(nango):\n    nango.get('/items', params={'page': 2})\n")
    reason = acme.session.test()["contacts"].reason
    assert "No saved response for GET /items?page=2 (Cell In[3], line 3)" in reason
    assert "GET /items?page=1, but its parameter page is '1', not '2'" in reason


def test_an_action_is_compared_by_its_output(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers.append(Answer({"id": 7, "total": 3}, 201, {"X-Total": "3"}))
    body = "a = nango.post('/items', data=input, headers={'X-Kind': 'a'})\n"
    body += "return [a.status, a.headers['x-total'], a.data, nango.get_metadata()]"
    acme.cell(YAML.replace("endpoint: POST", "input: Contact\n        endpoint: POST"))
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    acme.cell(f"%%nango_action do-it\ndef run_action(nango, input):\n{lines}")
    output = acme.session.dryrun("do-it", "conn-1", input={"id": "1", "age": 1.0}, save_responses=True).output
    saved = json.loads(Path("acme/tests/do-it.test.json").read_text())
    assert list(saved) == ["input", "output", "nango", "api"]
    entry = saved["api"]["post"]["/items"]
    assert entry["request"] == {"headers": {"X-Kind": "a"}, "data": {"id": "1", "age": 1}}
    assert saved["input"] == {"id": "1", "age": 1}
    assert saved["nango"] == {"getMetadata": {"region": "EMEA"}}
    replays = acme.session.test("do-it")
    assert replays.ok and replays["do-it"].dryrun is not None
    assert replays["do-it"].dryrun.output == output


def test_secrets_are_masked_and_the_replay_passes(acme: World, scripted: ScriptedNango) -> None:
    secret = "canary-of-the-provider-0123456789"
    scripted.answers.append(Answer({"api_key": secret, "rows": 1}, 200, {"Set-Cookie": f"sid={secret}"}))
    body = """
token = nango.get_token()
data = nango.get('/items', params={'access_token': token, 'page': 1}, headers={'Authorization': token}).data
nango.batch_save([{'id': '1', 'name': data['api_key']}], 'Contact')
"""
    acme.sync(body, save_responses=True)
    text = SAVED.read_text()
    assert secret not in text and scripted.token not in text and scripted.key not in text
    sent = request("/items", params={"access_token": scripted.token, "page": 1})
    saved = json.loads(text)["api"]["get"]["/items"]
    assert saved["hash"] == as_sent(sent).hash
    assert saved["request"] == {"params": {"access_token": "****", "page": "1"}}
    assert acme.session.test().ok, acme.session.test().text()


def test_a_failed_run_is_saved_only_when_asked(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers.append({"n": 1})
    error = acme.fails("nango.get('/items')\nraise ValueError('broken')", save_responses=True)
    assert not SAVED.exists()
    error.dryrun.save_responses(SAVED)
    assert "broken" in acme.session.test()["contacts"].reason
    acme.cell("%%nango_sync contacts\ndef fetch_data(nango):\n    nango.get('/items')\n")
    assert acme.session.test().ok


def test_a_capped_run_and_a_webhook_are_not_saved(acme: World, scripted: ScriptedNango) -> None:
    two_pages(scripted)
    result = acme.sync(PAGES, save_responses=True, max_requests=1)
    assert not SAVED.exists()
    assert "responses-not-saved" in set(result.problems["code"])
    with pytest.raises(UsageError, match="webhook"):
        acme.session.dryrun("contacts", "conn-1", payload={"a": 1}, save_responses=True)


def test_the_real_notion_of_a_first_run(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers.append({"n": 1})
    body = "nango.get('/items')\nnango.batch_save([{'id': str(nango.last_sync_date)}], 'Contact')"
    acme.sync(body, save_responses=True, last_sync_date="2026-01-01")
    found = acme.session.test()["contacts"].difference
    assert found is not None and found.got == "None"


def test_the_old_layout_with_bodies_alone(acme: World) -> None:
    mocks = Path("acme/mocks")
    body = mocks / "nango/get/proxy/items/contacts.json"
    body.parent.mkdir(parents=True)
    body.write_text(json.dumps({"items": [{"id": "1"}, {"id": "2"}], "next": "more"}))
    expected = mocks / "contacts/Contact/batchSave.json"
    expected.parent.mkdir(parents=True)
    expected.write_text(json.dumps([{"id": "1", "name": None}, {"id": "2", "name": None}]))
    lines = "".join(f"    {line}\n" for line in PAGES.strip().splitlines())
    acme.cell(YAML)
    acme.cell(f"%%nango_sync contacts\ndef fetch_data(nango):\n{lines}")
    replays = acme.session.test()
    assert replays.ok and replays.passed == 1, replays.text()


def test_the_old_layout_with_hashes_is_read_and_written(
    acme: World, scripted: ScriptedNango, tmp_path: Path
) -> None:
    two_pages(scripted)
    acme.sync(PAGES, save_responses=True)
    result = acme.session.export(tmp_path / "out")
    mocks = sorted(entry.path for entry in result.entries if "/mocks/" in entry.path)
    assert [path.rpartition("/")[0] for path in mocks] == [
        "acme/mocks/contacts/Contact",
        "acme/mocks/contacts/Contact",
        "acme/mocks/nango/get/proxy/items/contacts",
        "acme/mocks/nango/get/proxy/items/contacts",
    ]
    digest = as_sent(request("/items", params={"cursor": "b"})).hash
    one = json.loads((tmp_path / f"out/acme/mocks/nango/get/proxy/items/contacts/{digest}.json").read_text())
    assert one["requestIdentity"]["params"] == [["cursor", "b"]]
    SAVED.unlink()
    (Path("acme") / "mocks").symlink_to(tmp_path / "out/acme/mocks", target_is_directory=True)
    replays = acme.session.test()
    assert replays.ok and replays.passed == 1, replays.text()


def test_other_layouts_carry_the_file_itself_and_own_it(
    acme: World, scripted: ScriptedNango, tmp_path: Path
) -> None:
    two_pages(scripted)
    acme.sync(PAGES, save_responses=True)
    for layout in ("zero-yaml", "python"):
        folder = tmp_path / layout
        acme.session.export(folder, layout=layout)
        assert (folder / SAVED).read_bytes() == SAVED.read_bytes()
        acme.session.export(folder, layout=layout, check=True)
    SAVED.unlink()
    acme.session.export(folder, layout="python", prune=True)
    assert not (folder / SAVED).exists()


HASH_OF_A = as_sent(request("/a")).hash
POLLING = """
while nango.get('/job').data['state'] != 'ready':
    pass
after = nango.get('/job').data['state']
nango.batch_save([{'id': nango.get('/items').data['id'], 'name': after}], 'Contact')
"""


def test_a_request_that_is_made_again_gets_its_answers_in_order(
    acme: World, scripted: ScriptedNango, tmp_path: Path
) -> None:
    """Also by a second replay, and two equal answers before another one count twice."""
    waiting, ready = {"state": "waiting"}, {"state": "ready"}
    scripted.answers += [waiting, waiting, Answer({"state": "ready"}, 201), ready, {"id": "1"}]
    result = acme.sync(POLLING.replace("'/job'", "'/job', retries=1"), save_responses=True)
    api = json.loads(SAVED.read_text())["api"]["get"]
    assert [entry["status"] for entry in api["/job"]] == [200, 200, 201, 200]
    assert isinstance(api["/items"], dict)
    for _ in range(2):
        replays = acme.session.test()
        assert replays.ok, replays.text()
        again = replays["contacts"].dryrun
        assert again is not None and again.requests["status"].tolist() == result.requests["status"].tolist()
    acme.session.export(tmp_path / "out")
    (file,) = (tmp_path / "out/acme/mocks/nango/get/proxy/job/contacts").iterdir()
    assert json.loads(file.read_text())["response"] == waiting


def test_answers_that_stay_the_same_are_saved_once(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers += [{"n": 1}] * 3 + [{"n": 2}] * 3
    acme.sync("for _ in range(6):\n    nango.get('/items')", save_responses=True)
    assert [e["response"]["n"] for e in json.loads(SAVED.read_text())["api"]["get"]["/items"]] == [1, 1, 1, 2]
    scripted.answers += [{"n": 1}] * 3
    acme.sync("for _ in range(3):\n    nango.get('/items')", save_responses=True)
    assert json.loads(SAVED.read_text())["api"]["get"]["/items"]["response"] == {"n": 1}


def test_the_order_in_which_responses_match() -> None:
    other, plain = {"response": 1, "request": {"params": {"a": 1}}}, {"response": 2, "hash": "x"}
    saved = from_document({"api": {"get": {"/a": [other, plain], "b": {"response": 3}}}})
    assert saved.find(identities(request("/a", params={"a": "1"}))).response == 1
    assert saved.find(identities(request("b"))).response == 3
    twice = from_document({"api": {"get": {"/a": [{"response": n, "hash": HASH_OF_A} for n in (1, 2)]}}})
    assert [twice.find(identities(request("/a"))).response for _ in range(3)] == [1, 2, 2]
    for refused in (request("/a"), request("/b", params={"a": 1}), request("/c")):
        with pytest.raises(SDKError, match="No saved response for GET"):
            saved.find(identities(refused))


def test_the_folder_of_saved_responses_can_be_named(acme: World, scripted: ScriptedNango) -> None:
    Path("pyproject.toml").write_text('[tool.nangonb]\ntests = "saved"\n')
    two_pages(scripted)
    acme.sync(PAGES, save_responses=True)
    assert (Path("saved") / SAVED).is_file()
    assert acme.session.test().passed == 1
