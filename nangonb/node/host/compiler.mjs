// Checks TypeScript for the process that started it: one socket, frames both ways (wire.mjs).
//
//     node … compiler.mjs CHANNEL TYPES FOLDER
//
// CHANNEL is the number of the socket, TYPES holds our declarations, FOLDER node_modules with typescript and zod.
// In: `check`, `read`. Out: `ready`, and `done` with what was found as JSON, or `failed`. Nothing of what is checked or
// read is run.

import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

import { Exports } from './exports.mjs';
import { Literals } from './literals.mjs';
import { Folder, place } from './programs.mjs';
import { Rules } from './rules.mjs';
import { open } from './wire.mjs';

const CHANNEL = Number(process.argv[2]);
const types = process.argv[3];
const packages = process.argv[4];
const require = createRequire(path.join(packages, 'package.json'));
const ts = require('typescript');
const declaring = createRequire(import.meta.url)('./declare.cjs');
const folders = new Map();

const send = open(CHANNEL, (frame) => {
    try {
        const found = frame.type === 'read' ? read(frame) : check(frame);
        send({ type: 'done', run: frame.run, absent: false }, Buffer.from(JSON.stringify(found)));
    } catch (error) {
        send({ type: 'failed', run: frame.run, error: { kind: 'error', name: error.name, message: String(error.stack) } });
    }
});

/**
 * `files`: path → text of a folder of this `layout`; `roots` its scripts; `wanted` the files of which something is
 * said: `file`, and `rules` where those of the CLI are to be applied (rules.mjs). Gives {found, absent, places}:
 * `absent` are wanted files that no root imports, `places` where scripts that declare themselves say what.
 */
function check({ layout, files, roots, wanted }) {
    if (!folders.has(layout)) {
        folders.set(layout, new Folder(ts, layout, { packages, types }));
    }
    const folder = folders.get(layout);
    folder.open(files, roots);
    const there = wanted.filter((each) => folder.source(each.file) !== undefined);
    return {
        found: there.flatMap((each) => [...folder.diagnostics(each.file), ...ruled(folder, layout, each)]),
        absent: wanted.filter((each) => !there.includes(each)).map((each) => each.file),
        places: Object.fromEntries(there.filter((each) => each.rules).map(({ file }) => [file, places(folder.source(file))]))
    };
}

/** What each of `entries` declares, as far as that is literal; `files`: path → {text, offset}. See literals.mjs. */
function read({ files, entries }) {
    const literals = new Literals(ts, files, () => require('zod'));
    return Object.fromEntries(entries.map((entry) => [entry, literals.read(entry, declaring)]));
}

function ruled(folder, layout, { file, rules }) {
    if (!rules) {
        return [];
    }
    const source = folder.source(file);
    return new Rules(ts, source, { ...rules, file, layout }).run().map(({ node, ...said }) => ({
        file,
        ...place(source, node.getStart(source)),
        text: node.getText(source),
        ...said
    }));
}

function places(source) {
    const found = Object.entries(new Exports(ts, source, () => undefined).properties());
    return Object.fromEntries(found.map(([name, node]) => [name, place(source, node.getStart(source))]));
}

send({ type: 'ready', node: process.version });
