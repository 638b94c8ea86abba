"""What is sent equals what the real CLIs send, key for key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nangonb._deploy import Compiler, prepare
from nangonb._export import ProjectFiles
from nangonb._project import layout_named
from tests.deploying import DeployTarget
from tests.sessions import Session
from tests.world import World


@pytest.fixture
def compiler() -> Iterator[Compiler]:
    compiler = Compiler()
    yield compiler
    compiler.close()


def without_js(value: Any) -> Any:
    """With the bundles left out: two versions of esbuild may print one program in two ways."""
    if isinstance(value, dict):
        return {key: None if key == "js" else without_js(item) for key, item in value.items()}
    return [without_js(item) for item in value] if isinstance(value, list) else value


def cells_of(deployment: dict[str, Any]) -> Iterator[str]:
    """The cells of the project that was deployed in a recording."""
    if deployment["nangoYamlBody"]:
        yield "%%nango_yaml\n" + deployment["nangoYamlBody"]
    for flow in deployment["flowConfigs"]:
        line = f"%%nango_{flow['type']}_ts {flow['syncName']} --integration-id {flow['providerConfigKey']}"
        yield f"{line}\n{flow['fileBody']['ts']}"


@pytest.mark.parametrize(
    ("recording", "layout"), [("yaml14-deploy", "nango-yaml"), ("zero-deploy", "zero-yaml")]
)
def test_the_recorded_requests_of_both_clis(
    shared: Path, compiler: Compiler, recording: str, layout: str
) -> None:
    folder = shared / "nango" / "recordings"
    recorded = {
        which: json.loads((folder / f"{recording}.{which}.request.json").read_text("utf-8"))
        for which in ("confirmation", "deploy")
    }
    session = Session()
    for number, cell in enumerate(cells_of(recorded["deploy"])):
        session.declare(cell, label=f"Cell In[{number + 1}]")
    made = prepare(ProjectFiles(session.project, layout_named(layout)), compiler).package
    for ours, theirs in (
        (made.confirmation("all"), recorded["confirmation"]),
        (made.deployment("all"), recorded["deploy"]),
    ):
        assert without_js(ours) == without_js(theirs)
        assert json.dumps(without_js(ours)) == json.dumps(without_js(theirs))  # the order of keys, too


def test_only_our_own_scripts(declared: World, target: DeployTarget) -> None:
    declared.session.deploy("dev", auto_confirm=True)
    asked, sent = target.confirmations[0], target.deployments[0]
    assert (asked["singleDeployMode"], sent["singleDeployMode"]) == (True, True)
    assert (asked["reconcile"], sent["reconcile"]) == (False, True)
    assert "nangoYamlBody" not in asked and "onEventScriptsByProvider" not in sent
    assert sent["sdkVersion"] == "0.69.14-yaml"
    assert all(agent.startswith("nango-cli/0.69.14 (") for agent in target.agents)
    assert list(sent["jsonSchema"]["definitions"]) == ["Contact"]
    assert [flow["syncName"] for flow in sent["flowConfigs"]] == ["contacts", "do-it"]


def test_bundles_are_whole_and_python_is_its_translation(declared: World, target: DeployTarget) -> None:
    declared.session.deploy("dev", auto_confirm=True)
    sync, action = target.deployments[0]["flowConfigs"]
    assert "export default async function fetchData(nango: NangoSync)" in sync["fileBody"]["ts"]
    assert "batchSave(" in sync["fileBody"]["js"]
    assert "from '../../helpers/first.js'" in action["fileBody"]["ts"]
    assert "rows[0].id" in action["fileBody"]["js"]
    for flow in (sync, action):
        assert not re.search(r"^\s*(import|export) ", flow["fileBody"]["js"], re.M)
        assert "sourceMappingURL" not in flow["fileBody"]["js"]


ZERO = """%%nango_sync_ts contacts --integration-id acme-2
import { createSync } from 'nango';
import * as z from 'zod';
import crypto from 'node:crypto';

const Contact = z.object({ id: z.string(), born: z.date().optional() });

export default createSync({
    description: ' as it is ',
    version: '2.0.0',
    endpoints: [{ method: 'GET', path: '/contacts', group: 'Contacts' }],
    frequency: 'every hour',
    autoStart: false,
    syncType: 'incremental',
    models: { Contact },
    metadata: z.object({ region: z.string() }),
    checkpoint: z.object({ at: z.number() }),
    exec: async (nango) => {
        await nango.saveCheckpoint({ at: 1 });
        await nango.batchSave([{ id: crypto.randomUUID() }], 'Contact');
    }
});
"""
ON_EVENT = """%%nango_on_event_ts hello --integration-id acme-2
import { createOnEvent } from 'nango';

export default createOnEvent({
    description: 'says hello',
    event: 'post-connection-creation',
    exec: async (nango) => {
        await nango.log('hello');
    }
});
"""


def test_scripts_that_declare_themselves(acme: World, target: DeployTarget) -> None:
    acme.cell(ZERO)
    acme.cell(ON_EVENT)
    done = acme.session.deploy("dev", auto_confirm=True)
    asked, sent = target.confirmations[0], target.deployments[0]
    assert asked["deployMode"] == sent["deployMode"] == "single"
    assert (sent["sdkVersion"], sent["source"], sent["nangoYamlBody"]) == ("0.71.10-zero", "repo", "")
    assert "jsonSchema" not in sent and "source" not in asked
    (flow,) = sent["flowConfigs"]
    assert flow["metadata"] == {"description": " as it is ", "scopes": []}
    assert flow["endpoints"] == [{"method": "GET", "path": "/contacts", "group": "Contacts"}]
    assert (flow["runs"], flow["auto_start"], flow["sync_type"]) == ("every hour", False, "incremental")
    assert flow["features"] == ["checkpoints"]
    assert flow["input"] == "SyncMetadata_acme_2_contacts"
    definitions = flow["models_json_schema"]["definitions"]
    assert list(definitions) == ["Contact", "SyncMetadata_acme_2_contacts"]
    assert definitions["Contact"]["properties"]["born"] == {"type": "string", "format": "date-time"}
    js = flow["fileBody"]["js"]
    assert 'require("crypto")' in js and "node:crypto" not in js  # which the server refuses
    assert 'require("nango")' not in js and "//# sourceMappingURL=data:application/json;base64," in js
    (events,) = sent["onEventScriptsByProvider"]
    assert events["providerConfigKey"] == "acme-2"
    assert [(one["name"], one["event"]) for one in events["scripts"]] == [
        ("hello", "post-connection-creation")
    ]
    assert [(each.kind, each.name) for each in done.scripts] == [("on-event", "hello"), ("sync", "contacts")]


def test_python_as_todays_cli_sends_it(declared: World, target: DeployTarget) -> None:
    declared.session.forget("do-it")
    declared.session.forget("helpers/first")
    declared.session.declare(
        "%%nango_action do-it\ndef run_action(nango, input):\n    return {'id': '1'}\n", label="Cell In[9]"
    )
    declared.session.deploy("dev", auto_confirm=True, layout="zero-yaml")
    sync, action = target.deployments[0]["flowConfigs"]
    assert sync["metadata"] == {"description": "All contacts.", "scopes": ["read"]}
    assert sync["auto_start"] is True and sync["models"] == ["Contact"]
    assert action["models"] == ["ActionOutput_acme_doit"]
    assert "createSync" in sync["fileBody"]["ts"]
