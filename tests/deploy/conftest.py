"""A session with two scripts, and a Nango that takes them."""

from __future__ import annotations

import pytest

from tests.deploying import DeployTarget
from tests.scripted import ScriptedNango
from tests.world import World

YAML = """%%nango_yaml
integrations:
  acme:
    syncs:
      contacts:
        description: All contacts.
        runs: every day
        output: Contact
        endpoint: GET /contacts
        scopes: read
    actions:
      do-it:
        output: Contact
        endpoint: POST /do-it
models:
  Contact:
    id: string
    name?: string
"""
SYNC = """%%nango_sync contacts
def fetch_data(nango):
    records = nango.get("/contacts").data
    nango.batch_save([{"id": record["id"]} for record in records], "Contact")
"""
ACTION = """%%nango_action_ts do-it
import type { NangoAction, Contact } from '../../models';
import { first } from '../../helpers/first.js';

export default async function runAction(nango: NangoAction): Promise<Contact> {
    const response = await nango.get({ endpoint: '/contacts' });
    return { id: first(response.data) };
}
"""
MODULE = """%%nango_module_ts helpers/first
export function first(rows: any[]): string {
    return rows[0].id;
}
"""


@pytest.fixture
def target(scripted: ScriptedNango) -> DeployTarget:
    return DeployTarget(scripted)


@pytest.fixture
def declared(acme: World) -> World:
    """A sync in Python, an action in TypeScript and its module."""
    for cell in (YAML, SYNC, ACTION, MODULE):
        acme.cell(cell)
    return acme
