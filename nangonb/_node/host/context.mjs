// The context of one script: the runtime evaluated there (guest.cjs …), and the functions of Node.js that it may call.
//
// No object of Node.js is within the script's reach: only primitives cross, and objects that the runtime keeps private.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { types } from 'node:util';
import vm from 'node:vm';

import { bridge, toGuest } from './bridge.mjs';
import { isDeeper } from './wire.mjs';

// Nango's CLI compiles imports of node:url and node:crypto; its server rejects them.
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

/** The description of a package's exports for the runtime; cached. */
function described(name, exported) {
    if (!modules.has(name)) {
        modules.set(name, toGuest(exported));
    }
    return modules.get(name);
}

/**
 * Create a context and its runtime. `packages` are folders with node_modules (zod …). `own` is how packages are handled
 * that run with the rights of Node.js: `load`, `missing`, or `empty` to read declarations only. `run` are functions that
 * the runtime calls (main.mjs), `frames(stack)` returns the script's frames of a stack.
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
        throw new Error(`Module '${name}' is supported by Nango but not installed here: npm install ${name}`);
    }

    const host = Object.assign(Object.create(null), bridge, run, {
        isNativeError: (value) => types.isNativeError(value),
        isDeeper: (text, most) => isDeeper(text, most),
        frames: (stack) => JSON.stringify(frames(stack)),
        setTimeout: (callback, delay) => void later(callback, delay),
        /** '' for a module that `module` returns, null for one that is not allowed, else the path of a JavaScript file. */
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
        resolved: (from, specifier) => createRequire(from).resolve(specifier),
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
