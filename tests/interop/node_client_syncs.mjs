// What the node client does with synced records, syncs and actions of the demo, in one process.
//
// node node_client_syncs.mjs PACKAGE_FOLDER HOST KEY
// One document: what each call gave, or the status and body of its error.

import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, host, secretKey] = process.argv.slice(2);
const { Nango } = createRequire(join(folder, "package.json"))("@nangohq/node");
const nango = new Nango({ host, secretKey });

const key = "salesforce";
const id = "conn-1";
const of = { providerConfigKey: key, connectionId: id, model: "Contact" };
const out = {};

async function keep(name, make) {
  try {
    out[name] = await make();
  } catch (error) {
    out[name] = { status: error.response?.status ?? null, body: error.response?.data ?? String(error) };
  }
  return out[name];
}

/** The state, once the sync does not run; after the moment of an earlier run, where one is given. */
async function settled(earlier) {
  for (;;) {
    const { syncs } = await nango.syncStatus(key, ["salesforce-contacts"], id);
    if (syncs[0].status !== "RUNNING" && syncs[0].finishedAt !== earlier) {
      return syncs[0];
    }
  }
}

const first = await keep("first", () => nango.listRecords({ ...of, limit: 2 }));
await keep("second", () => nango.listRecords({ ...of, limit: 2, cursor: first.next_cursor }));
await keep("deleted", () => nango.listRecords({ ...of, filter: "deleted", limit: 10000 }));
await keep("by id", () => nango.listRecords({ ...of, ids: [first.records[1].id] }));
await keep("before", () => settled());
await keep("trigger", async () => (await nango.triggerSync(key, ["salesforce-contacts"], id)).data);
await keep("after", () => settled(out.before.finishedAt));
await keep("changed", () => nango.listRecords({ ...of, modifiedAfter: `${out.after.finishedAt.slice(0, 10)}T00:00:00Z`, limit: 10000 }));
await keep("pause", async () => (await nango.pauseSync(key, ["salesforce-contacts"], id)).data);
await keep("paused", () => settled());
await keep("start", async () => (await nango.startSync(key, ["salesforce-contacts"], id)).data);
await keep("started", () => settled());
await keep("frequency", () => nango.updateSyncConnectionFrequency(key, "salesforce-contacts", id, "every 2 hours"));
await keep("variant", () => nango.createSyncVariant({ provider_config_key: key, connection_id: id, name: "salesforce-contacts", variant: "eu" }));
await keep("variant gone", () => nango.deleteSyncVariant({ provider_config_key: key, connection_id: id, name: "salesforce-contacts", variant: "eu" }));
await keep("action", () => nango.triggerAction(key, id, "salesforce-contact-fields"));
const started = await keep("async", () => nango.triggerActionAsync(key, id, "salesforce-contact-fields"));
for (let left = 200; left > 0; left -= 1) {
  const found = await keep("async result", () => nango.getAsyncActionResult({ id: started.id }));
  if (found.status !== 404) {
    break;
  }
}
await keep("action error", () => nango.triggerAction("unreliable", "flaky-1", "fail", { how: "action-error" }));
await keep("http error", () => nango.triggerAction("unreliable", "flaky-1", "fail", { how: "http" }));
await keep("scripts", async () => (await nango.getScriptsConfig()).map((one) => one.providerConfigKey));
console.log(JSON.stringify(out));
