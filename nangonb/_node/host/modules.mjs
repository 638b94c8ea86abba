// Loads a script and the modules it imports, in a context with the globals of Nango's runner.
//
// From source: types are stripped (line and column stay) or, for enum, namespace and parameter properties, transformed.
// From a compiled bundle: as the runner loads it.

import { SourceMap, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

import { newContext } from './context.mjs';
import { dynamicImport } from './dynamic.mjs';
import { lineOf, relativeFile } from './paths.mjs';
import { placeOf } from './syntax.mjs';

const NO_EXPORT = /requested module '(.+)' does not provide an export named '(.+)'/;

/** A fault of the source text: `line` and `column` count from 1 in the file. */
export class SourceFault extends Error {
    constructor(message, { name, file, line, column, code }) {
        super(message);
        Object.assign(this, { name, file, line, column, code });
    }
}

export class Modules {
    /**
     * `files`: path in the folder → {text, offset}, where `offset` is the number of lines above the text in its cell.
     * `packages` are folders with node_modules (zod), `own` is the handling of packages that need Node.js itself
     * (context.mjs); `hasNango` is whether there is a package nango, `run` are functions for the runtime.
     */
    constructor(files, { packages, own, hasNango, run = {} }) {
        this.files = files;
        this.packages = packages;
        this.hasNango = hasNango;
        const { context, runtime } = newContext({ packages, own, frames: (stack) => this.frames(stack), run });
        this.context = context;
        this.runtime = runtime;
        this.maps = new Map();
        this.code = new Map();
        this.phantoms = new Map(); // types that a file imports like values
    }

    /** Link `entry` and its imports without running them. */
    async linked(entry) {
        for (;;) {
            const loaded = new Map();
            const root = this.source(entry, loaded);
            try {
                await root.link((specifier, referrer) => this.resolve(specifier, referrer.identifier, loaded));
            } catch (error) {
                if (this.excused(error, loaded)) {
                    continue;
                }
                throw error;
            }
            return root;
        }
    }

    /** Run `entry` and its imports, and return its exports. */
    async load(entry) {
        const root = await this.linked(entry);
        await root.evaluate();
        return root.namespace;
    }

    /** Run a compiled bundle, one CommonJS file, and return its exports. */
    loadBundle(name, text) {
        this.readMap(name, text);
        const problem = dynamicImport(text, this.packages);
        if (problem !== null) {
            const { file, line, column } = this.original(name, problem.line, problem.column, '');
            throw new SourceFault(problem.message, { name: 'Error', file, line, column, code: null });
        }
        const wrapped = `(function(require){var module={exports:{}};var exports=module.exports;${text}\n;return module.exports})`;
        const script = new vm.Script(wrapped, { filename: name });
        return this.runtime.bundle(script.runInContext(this.context), this.hasNango);
    }

    source(file, loaded) {
        if (loaded.has(file)) {
            return loaded.get(file);
        }
        const { offset } = this.files[file];
        let text = this.javascript(file);
        const problem = dynamicImport(text, this.packages);
        if (problem !== null) {
            const { line, column } = this.original(file, problem.line + offset, problem.column, '');
            throw new SourceFault(problem.message, { name: 'Error', file, line, column, code: null });
        }
        for (const name of this.phantoms.get(file) ?? []) {
            text += name === 'default' ? '\nexport default undefined;' : `\nexport const ${name} = undefined;`;
        }
        let module;
        try {
            module = new vm.SourceTextModule(text, {
                identifier: file,
                context: this.context,
                lineOffset: offset
            });
        } catch (error) {
            throw this.parsed(error, file, text) ?? error;
        }
        loaded.set(file, module);
        return module;
    }

    javascript(file) {
        if (!this.code.has(file)) {
            this.code.set(file, this.stripped(file, this.files[file].text));
        }
        return this.code.get(file);
    }

    stripped(file, text) {
        try {
            return stripTypeScriptTypes(text);
        } catch (error) {
            if (error.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
                throw this.fault(error, file) ?? error;
            }
        }
        try {
            const code = stripTypeScriptTypes(text, { mode: 'transform', sourceMap: true });
            this.readMap(file, code);
            return code;
        } catch (error) {
            throw this.fault(error, file) ?? error;
        }
    }

    readMap(file, text) {
        const match = /\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/.exec(text);
        if (match) {
            this.maps.set(file, new SourceMap(JSON.parse(Buffer.from(match[1], 'base64').toString('utf8'))));
        }
    }

    /** The fault for a SyntaxError of the stripper: the first lines of its stack have the place. */
    fault(error, file) {
        if (error.name !== 'SyntaxError') {
            return null;
        }
        const [first, , third] = String(error.stack).split('\n');
        const at = /:(\d+)$/.exec(first);
        const { offset } = this.files[file];
        return new SourceFault(error.message, {
            name: 'SyntaxError',
            file,
            line: offset + (at ? Number(at[1]) : 1),
            column: third?.includes('^') ? third.indexOf('^') + 1 : null,
            code: error.code ?? null
        });
    }

    /** The fault for a SyntaxError of V8 in the stripped JavaScript. */
    parsed(error, file, text) {
        if (error.name !== 'SyntaxError') {
            return null;
        }
        const { offset } = this.files[file];
        const at = placeOf(error, text) ?? { line: 1, column: null };
        const { line, column } = this.original(file, at.line + offset, at.column ?? 1, '');
        return new SourceFault(error.message, {
            name: 'SyntaxError', file, line, column: at.column === null ? null : column, code: null
        });
    }

    async resolve(specifier, referrer, loaded) {
        if (specifier.startsWith('.')) {
            return this.source(this.relative(specifier, referrer), loaded);
        }
        const key = `package ${specifier}`;
        if (!loaded.has(key)) {
            const exported = this.package(specifier);
            if (exported === null) {
                throw this.missing(`Module '${specifier}' is not allowed`, specifier, referrer);
            }
            loaded.set(key, this.synthetic(key, exported, specifier));
        }
        return loaded.get(key);
    }

    relative(specifier, referrer) {
        const { file, asked } = relativeFile(this.files, specifier, referrer);
        if (file === null) {
            throw this.missing(`There is no module ${specifier}`, specifier, referrer, asked);
        }
        return file;
    }

    /** The exports of a package that Nango's runner lets scripts require, or null. */
    package(name) {
        if (name === 'nango') {
            return this.hasNango ? this.runtime.stubs : null;
        }
        try {
            return this.runtime.external(name);
        } catch (error) {
            throw new Error(String(error.message)); // the error belongs to the context
        }
    }

    synthetic(key, exported, specifier) {
        const exports = new Map([['default', exported?.__esModule && 'default' in exported ? exported.default : exported]]);
        for (const name of Object.keys(exported)) {
            if (name !== 'default' && name !== '__esModule') {
                exports.set(name, exported[name]);
            }
        }
        for (const name of this.phantoms.get(key) ?? []) {
            exports.set(name, undefined);
        }
        return new vm.SyntheticModule(
            [...exports.keys()],
            function () {
                for (const [name, value] of exports) {
                    this.setExport(name, value);
                }
            },
            { identifier: specifier, context: this.context }
        );
    }

    /** Whether linking failed because of a type that is imported like a value; compilers remove such imports. */
    excused(error, loaded) {
        const match = NO_EXPORT.exec(error.message ?? '');
        if (!match) {
            return false;
        }
        const [, specifier, name] = match;
        for (const [key, module] of loaded) {
            const importer = key.startsWith('package ') ? null : key;
            if (importer && module.dependencySpecifiers?.includes(specifier)) {
                const target = specifier.startsWith('.') ? this.relative(specifier, importer) : `package ${specifier}`;
                const known = this.phantoms.get(target) ?? new Set();
                if (!known.has(name)) {
                    this.phantoms.set(target, known.add(name));
                    return true;
                }
            }
        }
        return false;
    }

    /** A fault at the first line of a file that matches. */
    faultAt(file, pattern, message) {
        const source = this.files?.[file];
        if (source === undefined) {
            return new Error(message); // a bundle
        }
        return new SourceFault(message, { name: 'Error', file, line: source.offset + lineOf(source.text, pattern), column: null, code: null });
    }

    /** The fault for an import that cannot be resolved. */
    missing(message, specifier, referrer, asked) {
        const { text, offset } = this.files[referrer];
        const lines = text.split('\n');
        const index = lines.findIndex((line) => line.includes(`'${specifier}'`) || line.includes(`"${specifier}"`));
        return new SourceFault(message, {
            name: 'Error',
            file: referrer,
            line: offset + Math.max(index, 0) + 1,
            column: index < 0 ? null : lines[index].indexOf(specifier),
            code: asked === undefined ? 'module_not_allowed' : 'module_not_found'
        });
    }

    /** The script's frames of a stack; lines count from 1 in the cell or file. */
    frames(stack) {
        const frames = [];
        for (const line of String(stack ?? '').split('\n')) {
            const at = /^\s+at (?:async )?(?:(.*?) )?\(?([^()]+?):(\d+):(\d+)\)?$/.exec(line);
            if (at && (Object.hasOwn(this.files, at[2]) || this.maps.has(at[2]))) {
                frames.push(this.original(at[2], Number(at[3]), Number(at[4]), at[1] ?? ''));
            }
        }
        return frames;
    }

    original(file, line, column, name) {
        const called = /^(?:async )?(?:module|Object|Proxy)?\.?(?:<anonymous>|default)?(.*)$/.exec(name)?.[1] ?? '';
        const map = this.maps.get(file);
        if (map) {
            const offset = this.files[file]?.offset ?? 0;
            const entry = map.findEntry(line - offset - 1, column - 1);
            if (entry.originalLine !== undefined) {
                const at = entry.originalSource && !this.files[file] ? entry.originalSource : file;
                return { file: at, line: entry.originalLine + 1 + offset, column: entry.originalColumn + 1, name: called };
            }
        }
        return { file, line, column, name: called };
    }
}
