// Each call of the recording of the node client, in its order, in one process.
//
// node node_client.mjs PACKAGE_FOLDER HOST KEY
// One line of JSON for each call: {"call": name, "value": …} or {"call": name, "error": {name, status, body}}.

import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, host, secretKey] = process.argv.slice(2);
const { Nango } = createRequire(join(folder, "package.json"))("@nangohq/node");
const nango = new Nango({ host, secretKey });

const key = "salesforce";
const id = "conn-1";
const query = "/services/data/v53.0/query";
const proxied = { providerConfigKey: key, connectionId: id };

const calls = [
  ["listConnections", () => nango.listConnections()],
  ["listConnections by", () => nango.listConnections({ connectionId: id, userId: "u", integrationId: ["a", "b"], tags: { email: "x", Foo: "y" }, limit: 5 })],
  ["getConnection", () => nango.getConnection(key, id)],
  ["getToken", () => nango.getToken(key, id)],
  ["getRawTokenResponse", () => nango.getRawTokenResponse(key, id)],
  ["getMetadata", () => nango.getMetadata(key, id)],
  ["setMetadata", () => nango.setMetadata(key, id, { a: 1 })],
  ["updateMetadata", () => nango.updateMetadata(key, [id], { a: 2 })],
  ["listIntegrations", () => nango.listIntegrations()],
  ["getIntegration", () => nango.getIntegration({ uniqueKey: key }, { include: ["credentials"] })],
  ["get", () => nango.get({ ...proxied, endpoint: query, params: { q: "a b", n: [1, 2] }, headers: { "X-Foo": "bar", "Content-Type": "text/plain" }, retries: 3, retryOn: [404, 429], baseUrlOverride: "https://x.test", decompress: true })],
  ["post", () => nango.post({ ...proxied, endpoint: query, data: { x: 1 } })],
  ["delete", () => nango.delete({ ...proxied, endpoint: "describe", data: { x: 1 } })],
  ["listRecords", () => nango.listRecords({ ...proxied, model: "Contact", variant: "v", modifiedAfter: "2024-01-01", limit: 10, filter: "added,updated", cursor: "c", ids: ["1", "2"] })],
  ["triggerSync", () => nango.triggerSync(key, ["s", { name: "s", variant: "v" }], id, { reset: true })],
  ["triggerSync, legacy", () => nango.triggerSync(key, ["s"], id, true)],
  ["startSync", () => nango.startSync(key, ["s"], id)],
  ["pauseSync", () => nango.pauseSync(key, ["s"], id)],
  ["syncStatus", () => nango.syncStatus(key, ["s", { name: "s", variant: "v" }], id)],
  ["syncStatus of all", () => nango.syncStatus(key, "*", id)],
  ["triggerAction", () => nango.triggerAction(key, id, "act", { a: 1 })],
  ["triggerActionAsync", () => nango.triggerActionAsync(key, id, "act", { a: 1 })],
  ["createConnectSession", () => nango.createConnectSession({ end_user: { id: "u" }, allowed_integrations: [key] })],
  ["getEnvironmentVariables", () => nango.getEnvironmentVariables()],
  ["getScriptsConfig", () => nango.getScriptsConfig()],
  ["deleteConnection", () => nango.deleteConnection(key, id)],
  ["getConnection that is not there", () => nango.getConnection(key, "nope")],
];

for (const [call, make] of calls) {
  let line;
  try {
    const got = await make();
    // what the client passes on as axios gave it, without the sockets inside
    const response = got?.config && got?.headers && "status" in got;
    line = { call, value: response ? { status: got.status, data: got.data } : got };
  } catch (error) {
    line = { call, error: { name: error.name, message: error.message, status: error.response?.status ?? null, body: error.response?.data ?? null } };
  }
  console.log(JSON.stringify(line));
}
