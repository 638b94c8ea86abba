"""Providers that a user brings: the one of docs/sandbox.md, entry points, and files that cannot be used."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nangonb.sandbox import Connection, Integration, Provider, ProviderRequest, api_key, json_response
from nangonb.sandbox.loading import load_providers
from tests.sandbox.process import Sandbox
from tests.sandbox.test_syncs import listed
from tests.world import World

DESK = {"connection-id": "desk-1", "provider-config-key": "helpdesk"}
GOOD = """
from nangonb.sandbox import Connection, DemoSync, Integration, Provider, json_response, oauth2

def api(request):
    return json_response({})

def made(**more):
    return Provider("acme", api, base_url="https://api.acme.example", **more)

"""


def documented(root: Path) -> str:
    """The provider that docs/sandbox.md shows."""
    (text,) = re.findall(r"```python\n(.*?)```", (root / "docs" / "sandbox.md").read_text(), re.DOTALL)
    return str(text)


@pytest.fixture
def desk(new_sandbox: Callable[..., Sandbox], tmp_path: Path, root: Path) -> Sandbox:
    """A sandbox with the provider of the documentation."""
    file = tmp_path / "helpdesk.py"
    file.write_text(documented(root))
    return new_sandbox("--provider", str(file), "--rows", "5")


def test_the_documented_provider_is_there_as_a_whole(desk: Sandbox) -> None:
    found = desk.client.get("/connections/desk-1", params={"provider_config_key": "helpdesk"}).json()
    assert (found["provider"], found["metadata"]) == ("helpdesk", {"team": "EMEA"})
    assert found["credentials"]["access_token"] == "fake-helpdesk-token"
    facts = desk.client.get("/providers/helpdesk").json()["data"]
    assert (facts["display_name"], facts["proxy"]["paginate"]["response_path"]) == ("Helpdesk", "tickets")
    assert len(listed(desk, DESK, model="Ticket", filter="added,updated")) == 25
    (config,) = [
        each for each in desk.client.get("/scripts/config").json() if each["providerConfigKey"] == "helpdesk"
    ]
    assert [each["name"] for each in config["syncs"] + config["actions"]] == [
        "helpdesk-tickets",
        "open-ticket",
    ]
    body = {"action_name": "open-ticket", "input": {"subject": "New"}}
    assert desk.client.post("/action/trigger", json=body, headers=DESK).json()["id"] == "T-26"
    body["input"] = {}
    refused = desk.client.post("/action/trigger", json=body, headers=DESK)
    assert refused.json()["error"]["payload"] == {"message": "The input must have subject, a string"}
    assert desk.proxy("/nope", "desk-1", "helpdesk").status_code == 404


def test_a_dry_run_against_the_documented_provider(desk: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(desk.url, desk.key, monkeypatch)
    try:
        world.cell(
            "%%nango_yaml\nintegrations:\n  helpdesk:\n    syncs:\n      tickets:\n        runs: every day\n"
            "        output: Ticket\n        endpoint: GET /tickets\nmodels:\n  Ticket:\n    id: string\n"
            "    subject: string\n    open: boolean\n"
        )
        world.cell(
            "%%nango_sync tickets\ndef fetch_data(nango):\n"
            "    for page in nango.paginate('/v1/tickets'):\n        nango.batch_save(page, 'Ticket')\n"
        )
        result = world.session.dryrun("tickets", "desk-1", validation=True)
    finally:
        world.session.close()
    assert (result.counts.added, result.trace.request_count) == (25, 3)


def test_a_provider_is_kept_with_the_state(
    new_sandbox: Callable[..., Sandbox], tmp_path: Path, root: Path
) -> None:
    file, state = tmp_path / "helpdesk.py", ("--state", str(tmp_path / "state"), "--rows", "5")
    file.write_text(documented(root))
    new_sandbox(*state).close()
    added = new_sandbox(*state, "--provider", str(file))
    assert listed(added, DESK, model="Ticket")
    patched = added.client.patch("/integrations/helpdesk", json={"unique_key": "desk"})
    assert patched.status_code == 200
    added.close()
    desk = {**DESK, "provider-config-key": "desk"}
    again = new_sandbox(*state, "--provider", str(file))
    assert again.proxy("/v1/tickets", "desk-1", "desk").status_code == 200
    assert listed(again, desk, model="Ticket")
    again.close()
    without = new_sandbox(*state)
    body = {"action_name": "open-ticket", "input": {"subject": "x"}}
    refused = without.client.post("/action/trigger", json=body, headers=desk).json()["error"]
    assert "Start the sandbox with its --provider" in refused["message"]


def test_an_entry_point_brings_a_provider(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: Path
) -> None:
    (tmp_path / "helpdesk_package.py").write_text(documented(root))
    info = tmp_path / "helpdesk-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: helpdesk\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[nangonb.providers]\nhelpdesk = helpdesk_package:provider\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "helpdesk" in {provider.name for provider in load_providers(5)}


def test_other_credentials_and_hosts() -> None:
    seen: list[ProviderRequest] = []

    provider = Provider(
        "acme",
        lambda request: json_response(seen.append(request)),
        base_url="https://${connectionConfig.region}.acme.example/v2",
        auth_mode="API_KEY",
        headers={"X-Key": "${apiKey}"},
        integrations=[Integration("acme"), Integration("acme-eu")],
        connections=[
            Connection("a", credentials=api_key("k-1"), connection_config={"region": "us"}),
            Connection("a", "acme-eu", api_key("k-2"), connection_config={"region": "eu"}),
        ],
    )
    assert provider.hosts == {"us.acme.example", "eu.acme.example"}
    credentials = provider.connections[1].credentials
    assert provider.facts.filled_headers(credentials) == {"x-key": "k-2"}
    assert provider.facts.authorization(credentials) == {}


def test_a_provider_of_the_catalog_needs_no_facts() -> None:
    provider = Provider("airtable", lambda request: json_response({}))
    assert (provider.facts.display_name, provider.hosts) == ("Airtable", {"api.airtable.com"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("provider = 1 +\n", "{file}:1: SyntaxError: invalid syntax"),
        ("\nimport no_such_module\n", "{file}:2: ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = 1\n", "{file} defines no provider. Add: provider = Provider(…)"),
        ("provider = 5\n", "{file}: provider is of type int. Write: provider = Provider(…)"),
        ("def provider(rows):\n    return rows\n", "{file}: provider is of type int."),
        ("def provider(rows):\n    return {}['x']\n", "{file}:2: KeyError: 'x'"),
        (
            GOOD + "provider = Provider('acme', api)",
            "{file}:10: Nango has no provider 'acme', so it needs a base URL. "
            "Add base_url='https://api.acme.example'.",
        ),
        (GOOD + "provider = Provider('acme', 'x')", "{file}:10: api is of type str. Pass a function"),
        (GOOD + "provider = made(connections=['a'])", "connections[0] is of type str. Write Connection(…)."),
        (
            GOOD + "provider = made(connections=[Connection('a', 'other')])",
            "A connection names the unknown integration 'other'. The integrations are: acme.",
        ),
        (
            GOOD + "provider = made(connections=[Connection('a'), Connection('a')])",
            "Two connections of acme have the id 'a'. Rename one.",
        ),
        (
            GOOD + "provider = Provider('acme', api, base_url='https://${connectionConfig.x}.example', "
            "connections=[Connection('a')])",
            "The base URL of the connection a is 'https://${connectionConfig.x}.example'. "
            "Add the missing values to connection_config.",
        ),
        (
            GOOD + "provider = made(syncs=[DemoSync('things', 'Thing', {'b': []})])",
            "The sync things has records for the unknown connection 'b'. The connections are: .",
        ),
        (
            GOOD + "provider = made(connections=[Connection('a')], syncs=[DemoSync('s', 'T', {'a': [{}]})])",
            "Record 0 of the sync s has no id. Write a dict with an id.",
        ),
        (
            GOOD + "provider = made(syncs=[DemoSync('s', 'T', {}, fields={'n': 'int'})])",
            "The field n of the sync s has the type 'int'. Use one of: text,",
        ),
        (
            GOOD + "provider = made(integrations=[Integration('github')])",
            "{file}: nangonb.sandbox.providers.github also has the integration 'github'.",
        ),
        (GOOD + "provider = Provider('github', api)", "also has the name 'github'. Choose another name."),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text)
    with pytest.raises(ValueError) as caught:
        load_providers(5, [file])
    assert said.replace("{file}", str(file)) in str(caught.value)


def test_the_command_names_the_file_that_is_missing() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "nangonb", "sandbox", "--provider", "nope.py"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "nangonb sandbox: Cannot read nope.py: No such file or directory.\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return {}[1]", "The provider at api.acme.example failed: KeyError: 1 (mine.py:5)"),
        (
            "return {}",
            "The provider at api.acme.example returned dict. Return json_response(…) or ProviderResponse(…).",
        ),
    ],
)
def test_an_api_that_fails(new_sandbox: Callable[..., Sandbox], tmp_path: Path, body: str, said: str) -> None:
    file = tmp_path / "mine.py"
    text = GOOD.replace("return json_response({})", body) + "provider = made(connections=[Connection('a')])"
    file.write_text(text)
    answer = new_sandbox("--provider", str(file), "--rows", "5").proxy("/x", "a", "acme")
    assert (answer.status_code, answer.json()["error"]["message"]) == (500, said)
