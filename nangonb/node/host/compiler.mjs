// Checks TypeScript for the process that started it: one socket, frames both ways (wire.mjs).
//
//     node … compiler.mjs CHANNEL FOLDER TYPES
//
// CHANNEL is the number of the socket, FOLDER holds node_modules with typescript and zod, TYPES our declarations.
// In: `check`. Out: `ready`, and `done` with what was found as JSON, or `failed`. Nothing of what is checked is run.

import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

import { Folder } from './programs.mjs';
import { open } from './wire.mjs';

const CHANNEL = Number(process.argv[2]);
const packages = process.argv[3];
const types = process.argv[4];
const ts = createRequire(path.join(packages, 'package.json'))('typescript');
const folders = new Map();

const send = open(CHANNEL, (frame) => {
    try {
        const found = check(frame);
        send({ type: 'done', run: frame.run, absent: false }, Buffer.from(JSON.stringify(found)));
    } catch (error) {
        send({ type: 'failed', run: frame.run, error: { kind: 'error', name: error.name, message: String(error.stack) } });
    }
});

/**
 * `files`: path → text of a folder of this `layout`; `roots` its scripts; `wanted` the files of which something is
 * said. Gives {found, absent}: `absent` are wanted files that no root imports.
 */
function check({ layout, files, roots, wanted }) {
    if (!folders.has(layout)) {
        folders.set(layout, new Folder(ts, layout, { packages, types }));
    }
    const folder = folders.get(layout);
    folder.open(files, roots);
    const there = wanted.filter((each) => folder.source(each.file) !== undefined);
    return {
        found: there.flatMap(({ file }) => folder.diagnostics(file)),
        absent: wanted.filter((each) => !there.includes(each)).map((each) => each.file)
    };
}

send({ type: 'ready', node: process.version });
