// The context of one script: the runtime evaluated there (guest.cjs and its like), and what it may ask of Node.js.
//
// No object of ours is within the script's reach: what crosses are primitives, and what the runtime keeps to itself.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { types } from 'node:util';
import vm from 'node:vm';

import { bridge, toGuest } from './bridge.mjs';
import { isDeeper } from './wire.mjs';

// Nango's CLI compiles what imports node:url and node:crypto; its server refuses that.
const BUILTIN = { url: 'url', crypto: 'crypto', 'node:url': 'url', 'node:crypto': 'crypto' };
const HERE = import.meta.dirname;
const JAVASCRIPT = ['zod']; // evaluated in the context; the others need Node.js
const INSTALLED = [...JAVASCRIPT, 'soap', 'unzipper', 'botbuilder'];
const FILES = [
    ['guest', 'guest.cjs', ['host']],
    ['sdk', 'nango.cjs', ['guest']],
    ['failures', 'failures.cjs', ['host', 'guest', 'sdk']],
    ['declaring', 'declare.cjs', []],
    ['runtime', 'run.cjs', ['host', 'guest', 'sdk', 'failures', 'declaring']]
];
const ABSENT = 'MODULE_NOT_FOUND';
const later = setTimeout;
const builtin = process.getBuiltinModule;
const scripts = new Map();
const modules = new Map();

function script(file, head, tail = '') {
    if (!scripts.has(file)) {
        scripts.set(file, new vm.Script(`${head}${fs.readFileSync(file, 'utf8')}\n${tail}`, { filename: file }));
    }
    return scripts.get(file);
}

/** What a package exports, as the runtime takes it: described once. */
function described(name, found) {
    if (!modules.has(name)) {
        modules.set(name, toGuest(found));
    }
    return modules.get(name);
}

/**
 * A context and its runtime. `packages` are folders whose node_modules hold zod, and packages
 * that run with Node's own rights: `load`, else they are `missing`, or `empty` for what is only to be declared. `run`
 * are functions that the runtime calls (main.mjs), `frames(stack)` says which lines of a stack are the script's.
 */
export function newContext({ packages, own, frames, run }) {
    const requires = packages.map((folder) => createRequire(path.join(folder, 'package.json')));
    const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: false } });

    function installed(name, take) {
        for (const require of own === 'load' || JAVASCRIPT.includes(name) ? requires : []) {
            try {
                return take(require);
            } catch (error) {
                if (error.code !== ABSENT) {
                    throw error;
                }
            }
        }
        throw new Error(`Module '${name}' is allowed on Nango, and is not installed here: npm install ${name}`);
    }

    const host = Object.assign(Object.create(null), bridge, run, {
        isNativeError: (value) => types.isNativeError(value),
        isDeeper: (text, most) => isDeeper(text, most),
        frames: (stack) => JSON.stringify(frames(stack)),
        setTimeout: (callback, delay) => void later(callback, delay),
        /** '' for what `module` gives, null for what is not allowed, else a file of JavaScript. */
        entry: (name) => {
            try {
                if (JAVASCRIPT.includes(name)) {
                    return installed(name, (require) => require.resolve(name));
                }
                if (INSTALLED.includes(name)) {
                    described(name, own === 'empty' ? {} : installed(name, (require) => require(name)));
                    return '';
                }
                return Object.hasOwn(BUILTIN, name) ? '' : null;
            } catch (error) {
                return { tag: 'throw', error: { name: 'Error', message: String(error.message) } };
            }
        },
        module: (name) => (name === 'Headers' ? described(name, globalThis.Headers) : described(name, Object.hasOwn(BUILTIN, name) ? builtin(BUILTIN[name]) : undefined)),
        resolved: (from, wanted) => createRequire(from).resolve(wanted),
        script: (file) => script(file, '(function (exports, require, module) {', '})').runInContext(context)
    });
    const made = { host };
    for (const [name, file, needs] of FILES) {
        const head = `(function (${needs.join(', ')}) { 'use strict'; const module = {}; `;
        const load = script(path.join(HERE, file), head, 'return module.exports; })').runInContext(context);
        made[name] = load(...needs.map((each) => made[each]));
    }
    return { context, runtime: made.runtime };
}
