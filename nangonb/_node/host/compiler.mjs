// Checks TypeScript for the process that started it: one socket, frames both ways (wire.mjs).
//
//     node … compiler.mjs CHANNEL TYPES FOLDER
//
// CHANNEL is the number of the socket, TYPES holds our declarations, FOLDER node_modules with typescript and zod.
// In: `check`, `read`. Out: `ready`, and `done` with the result as JSON, or `failed`. No code of the scripts runs.

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
        const result = frame.type === 'read' ? read(frame) : check(frame);
        send({ type: 'done', run: frame.run, absent: false }, Buffer.from(JSON.stringify(result)));
    } catch (error) {
        send({ type: 'failed', run: frame.run, error: { kind: 'error', name: error.name, message: String(error.stack) } });
    }
});

/**
 * `files`: path → text of a folder of this `layout`; `roots` its scripts; `targets` the files to check: `file`, and
 * `rules` to apply the CLI's rules (rules.mjs). Returns {diagnostics, absent, places}: `absent` are targets that no root
 * imports, `places` the places of properties in the argument of createSync and the like.
 */
function check({ layout, files, roots, targets }) {
    if (!folders.has(layout)) {
        folders.set(layout, new Folder(ts, layout, { packages, types }));
    }
    const folder = folders.get(layout);
    folder.open(files, roots);
    const present = targets.filter((each) => folder.source(each.file) !== undefined);
    return {
        diagnostics: present.flatMap((each) => [...folder.diagnostics(each.file), ...ruled(folder, layout, each)]),
        absent: targets.filter((each) => !present.includes(each)).map((each) => each.file),
        places: Object.fromEntries(present.filter((each) => each.rules).map(({ file }) => [file, places(folder.source(file))]))
    };
}

/** The literal declarations of `entries`; `files`: path → {text, offset}. See literals.mjs. */
function read({ files, entries }) {
    const literals = new Literals(ts, files, () => require('zod'));
    return Object.fromEntries(entries.map((entry) => [entry, literals.read(entry, declaring)]));
}

function ruled(folder, layout, { file, rules }) {
    if (!rules) {
        return [];
    }
    const source = folder.source(file);
    return new Rules(ts, source, { ...rules, file, layout }).run().map(({ node, ...finding }) => ({
        file,
        ...place(source, node.getStart(source)),
        text: node.getText(source),
        ...finding
    }));
}

function places(source) {
    const properties = Object.entries(new Exports(ts, source, () => undefined).properties());
    return Object.fromEntries(properties.map(([name, node]) => [name, place(source, node.getStart(source))]));
}

send({ type: 'ready', node: process.version });
