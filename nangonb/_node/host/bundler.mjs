// Bundles scripts with esbuild: one CommonJS file each, as Nango's runner takes it.
//
//     node … bundler.mjs FOLDER
//
// FOLDER holds node_modules with esbuild and typescript. In: a line of JSON {files: path → text, entries, map}.
// Out: a line of JSON {bundles: entry → {js, map} or {errors}, forbidden}. No script is read from the disk.

import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';

const require = createRequire(path.join(process.argv[2], 'package.json'));
const esbuild = require('esbuild');

const SUFFIXES = ['', '.ts', '.js', '.mts', '/index.ts'];
// modules that the runner lets a script require; it rejects names with node:
const EXTERNAL = { url: 'url', 'node:url': 'url', crypto: 'crypto', 'node:crypto': 'crypto' };
const PACKAGES = ['zod', 'botbuilder', 'soap', 'unzipper'];
// the runner has no package nango: the bundle contains the functions that a script needs at run time
const NANGO = ['sync:createSync', 'action:createAction', 'onEvent:createOnEvent']
    .map((each) => each.split(':'))
    .map(([type, name]) => `export const ${name} = (script) => ({ type: '${type}', ...script });`)
    .join('\n');
const CALLS_CONSTRUCTOR = /\bconstructor\b['"`\]]*\s*(\?\.)?\s*\(/;

function relative(files, specifier, importer) {
    const asked = path.posix.normalize(path.posix.join(path.posix.dirname(importer), specifier));
    const bare = asked.replace(/\.(js|mjs|ts|mts)$/, '');
    for (const suffix of SUFFIXES) {
        for (const name of [asked + suffix, bare + suffix]) {
            if (Object.hasOwn(files, name)) {
                return name;
            }
        }
    }
    return null;
}

/** Resolve and load the files of the request: `/salesforce/syncs/contacts.ts` is `salesforce/syncs/contacts.ts`. */
function fromRequest(files) {
    return {
        name: 'request',
        setup(build) {
            build.onResolve({ filter: /.*/ }, ({ path: specifier, importer, kind }) => {
                if (kind === 'entry-point') {
                    return { path: `/${specifier}` };
                }
                if (specifier.startsWith('.')) {
                    const file = relative(files, specifier, importer.slice(1));
                    return file ? { path: `/${file}` } : { errors: [{ text: `There is no module ${specifier}` }] };
                }
                if (specifier === 'nango') {
                    return { path: 'nango', namespace: 'nango', sideEffects: false };
                }
                if (Object.hasOwn(EXTERNAL, specifier)) {
                    return { path: EXTERNAL[specifier], external: true };
                }
                if (PACKAGES.includes(specifier)) {
                    return { path: specifier, external: true };
                }
                return { errors: [{ text: `Module '${specifier}' is not allowed` }] };
            });
            build.onLoad({ filter: /.*/, namespace: 'nango' }, () => ({ contents: NANGO, loader: 'js' }));
            build.onLoad({ filter: /.*/ }, ({ path: name }) => ({ contents: files[name.slice(1)], loader: 'ts' }));
        }
    };
}

async function bundle(files, entry) {
    try {
        const done = await esbuild.build({
            entryPoints: [entry],
            absWorkingDir: '/',
            outfile: `/${entry.replace(/\.ts$/, '.cjs')}`,
            bundle: true,
            write: false,
            metafile: true,
            sourcemap: 'external',
            format: 'cjs',
            target: 'esnext',
            platform: 'node',
            treeShaking: true,
            charset: 'utf8',
            logLevel: 'silent',
            tsconfigRaw: { compilerOptions: { alwaysStrict: true, esModuleInterop: true } },
            plugins: [fromRequest(files)]
        });
        const [js, map] = ['.cjs', '.cjs.map'].map((end) => done.outputFiles.find((file) => file.path.endsWith(end)).text);
        const { sources, ...rest } = JSON.parse(map);
        const named = { ...rest, sources: sources.map((name) => path.posix.join(path.posix.dirname(`/${entry}`), name).slice(1)) };
        return { js, map: JSON.stringify(named), inputs: Object.keys(done.metafile.inputs) };
    } catch (error) {
        if (!Array.isArray(error.errors)) {
            throw error;
        }
        const errors = error.errors.map(({ text, location }) => ({
            text,
            file: location?.file ?? entry,
            line: location?.line ?? null,
            column: location ? location.column + 1 : null
        }));
        return { errors };
    }
}

/** Calls of `x.constructor(…)`, which Nango's server rejects: {file, line, column}. */
function forbidden(file, text) {
    if (!CALLS_CONSTRUCTOR.test(text)) {
        return [];
    }
    const ts = require('typescript'); // slow to load and rarely needed
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
    const calls = [];
    const visit = (node) => {
        if (ts.isCallExpression(node) && isConstructor(ts, node.expression)) {
            const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
            calls.push({ file, line: line + 1, column: character + 1 });
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return calls;
}

function isConstructor(ts, callee) {
    if (ts.isPropertyAccessExpression(callee)) {
        return callee.name.text === 'constructor';
    }
    return (
        ts.isElementAccessExpression(callee) &&
        ts.isStringLiteralLike(callee.argumentExpression) &&
        callee.argumentExpression.text === 'constructor'
    );
}

async function answer({ files, entries }) {
    const done = await Promise.all(entries.map(async (entry) => [entry, await bundle(files, entry)]));
    const used = new Set(done.flatMap(([, { inputs }]) => inputs ?? []));
    return {
        bundles: Object.fromEntries(done),
        forbidden: [...used].filter((file) => Object.hasOwn(files, file)).flatMap((file) => forbidden(file, files[file]))
    };
}

for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    let response;
    try {
        response = await answer(JSON.parse(line));
    } catch (error) {
        response = { error: String(error?.stack ?? error) };
    }
    process.stdout.write(`${JSON.stringify(response)}\n`);
}
process.exit(0); // esbuild's child process keeps this one alive
