// Runs compiled scripts as Nango's own test library does, and compares as its generated tests do.
//
// node library_host.mjs <testMocks/utils.js> <build folder>, scripts as JSON lines on stdin:
// {"artefact", "tests", "name", "kind", "models"} → one line of JSON each: {"name", "passed", "reason"}

import { deepStrictEqual } from 'node:assert';
import { registerHooks } from 'node:module';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

// all that the library takes of vitest
const VITEST = `export const vi = { fn(inner) {
    const mock = { calls: [] };
    const run = (...args) => (mock.calls.push(args), inner?.(...args));
    return Object.assign(run, { mock });
} };`;
registerHooks({
    resolve: (specifier, context, next) =>
        specifier === 'vitest'
            ? { url: `data:text/javascript,${encodeURIComponent(VITEST)}`, shortCircuit: true }
            : next(specifier, context)
});

const { NangoActionMock, NangoSyncMock } = await import(pathToFileURL(process.argv[2]).href);
const require = createRequire(import.meta.url);
const plain = (value) => JSON.parse(JSON.stringify(value));

async function compare({ artefact, tests, name, kind, models }) {
    const { default: script } = require(artefact);
    if (kind === 'action') {
        const nango = new NangoActionMock({ dirname: tests, name, Model: '' });
        const output = await script.exec(nango, await nango.getInput());
        deepStrictEqual(plain(output), await nango.getOutput());
        return;
    }
    const nango = new NangoSyncMock({ dirname: tests, name, Model: models.join(',') });
    await script.exec(nango);
    const said = (spy, model) => plain(spy.mock.calls.flatMap((call) => (call[1] === model ? call[0] : [])));
    for (const model of models) {
        deepStrictEqual(said(nango.batchSave, model), await nango.getBatchSaveData(model));
        const deleted = await nango.getBatchDeleteData(model);
        if (deleted?.length > 0) {
            deepStrictEqual(said(nango.batchDelete, model), deleted);
        }
    }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
    const script = JSON.parse(line);
    let reason = '';
    try {
        await compare(script);
    } catch (error) {
        reason = String(error?.message ?? error);
    }
    process.stdout.write(`${JSON.stringify({ name: script.name, passed: reason === '', reason })}\n`);
}
