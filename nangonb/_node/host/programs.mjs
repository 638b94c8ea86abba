// Type checking: the diagnostics of the TypeScript compiler for the files of a folder in memory.
//
// One Folder for each layout, with the options of the Nango CLI for it. Packages are read from the folder of npm and
// cached; of the files in memory, only changed ones are parsed again.

import fs from 'node:fs';
import path from 'node:path';

const ROOT = '/folder';
const MODULES = `${ROOT}/node_modules/`;
// packages that a Nango project may have and that have no types here
const ELSEWHERE = ['soap', 'unzipper', 'botbuilder'];
const NO_TYPE = 'ts-2709'; // a namespace is used as a type
/** The compiler options of both CLIs. */
const STRICT = {
    strict: true,
    esModuleInterop: true,
    skipLibCheck: true,
    forceConsistentCasingInFileNames: true,
    allowUnusedLabels: false,
    allowUnreachableCode: false,
    exactOptionalPropertyTypes: true,
    noFallthroughCasesInSwitch: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noPropertyAccessFromIndexSignature: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noEmit: true,
    types: ['node']
};

export class Folder {
    /** `packages` has node_modules with zod, typescript and @types; `types` has our own declarations. */
    constructor(ts, layout, { packages, types }) {
        this.ts = ts;
        this.packages = packages;
        this.fixed = new Map([[`${ROOT}/elsewhere.d.ts`, ELSEWHERE.map((name) => `declare module '${name}';\n`).join('')]]);
        this.options = { ...STRICT, target: ts.ScriptTarget.ESNext };
        if (layout === 'zero-yaml') {
            Object.assign(this.options, { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 });
            this.fixed.set(`${ROOT}/package.json`, '{"type": "module"}');
            // an export copies scripts of nango.yaml there and wraps them
            this.fixed.set(`${ROOT}/nango-yaml/package.json`, '{"type": "commonjs"}');
            const nango = fs.readFileSync(path.join(types, 'nango.d.ts'), 'utf8');
            const sdk = fs.readFileSync(path.join(types, 'sdk.ts'), 'utf8');
            for (const name of ['nango', '@nangohq/runner-sdk']) {
                this.fixed.set(`${MODULES}${name}/package.json`, '{"type": "module", "types": "./index.d.ts"}');
                this.fixed.set(`${MODULES}${name}/index.d.ts`, nango);
                this.fixed.set(`${MODULES}${name}/sdk.d.ts`, sdk);
            }
        } else {
            Object.assign(this.options, { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 });
        }
        this.disk = new Map(); // file → text, or undefined
        this.parsed = new Map(); // file → {text, source}
        this.ours = new Map();
        this.builder = undefined; // caches the diagnostics of files that no change affects
        this.program = undefined;
        this.versions = 0;
        this.moved = false;
        this.host = this.newHost();
    }

    /**
     * Set the files: `files`: path → text; `roots` are the scripts, other files are included if they are imported.
     * `source(path)` and `diagnostics(path)` then refer to them.
     */
    open(files, roots) {
        const { ts } = this;
        const before = [...this.ours.keys()].sort().join();
        this.ours = new Map(Object.entries(files).map(([name, text]) => [`${ROOT}/${name}`, text]));
        this.moved = before !== [...this.ours.keys()].sort().join();
        const rootNames = [...roots.map((name) => `${ROOT}/${name}`), `${ROOT}/elsewhere.d.ts`];
        this.builder = ts.createSemanticDiagnosticsBuilderProgram(rootNames, this.options, this.host, this.builder);
        this.program = this.builder.getProgram();
        // the builder knows the affected files only after an iteration over all of them
        while (this.builder.getSemanticDiagnosticsOfNextAffectedFile(undefined, (file) => !this.ours.has(file.fileName)));
        for (const name of this.parsed.keys()) {
            if (!this.program.getSourceFile(name)) {
                this.parsed.delete(name);
            }
        }
    }

    source(file) {
        return this.program.getSourceFile(`${ROOT}/${file}`);
    }

    diagnostics(file) {
        const source = this.source(file);
        const syntax = this.program.getSyntacticDiagnostics(source);
        const raw = syntax.length > 0 ? syntax : this.builder.getSemanticDiagnostics(source);
        const all = raw.map((one) => ({
            file,
            ...place(source, one.start ?? 0),
            code: `ts-${one.code}`,
            message: this.ts.flattenDiagnosticMessageText(one.messageText, ' ').replace(/\s+/g, ' ').replaceAll(`${ROOT}/`, ''),
            text: source.text.slice(one.start ?? 0, (one.start ?? 0) + (one.length ?? 0))
        }));
        // ignore errors about types of packages without types here
        const unknown = all.filter((one) => one.code === NO_TYPE && this.isElsewhere(source, one.text)).map((one) => one.text);
        const unused = new Set(unknown.map((name) => `'${name}' is declared but`));
        return all.filter(
            (one) => !(one.code === NO_TYPE && unknown.includes(one.text)) && ![...unused].some((words) => one.message.startsWith(words))
        );
    }

    /** Whether a name comes from a package without types here. */
    isElsewhere(source, name) {
        return source.statements.some(
            (each) =>
                this.ts.isImportDeclaration(each) &&
                ELSEWHERE.includes(each.moduleSpecifier.text) &&
                new RegExp(`\\b${name.split('.')[0]}\\b`).test(each.importClause?.getText(source) ?? '')
        );
    }

    newHost() {
        const { ts } = this;
        return {
            getSourceFile: (name, options) => {
                const text = this.text(name);
                if (text === undefined) {
                    return undefined;
                }
                const known = this.parsed.get(name);
                if (known?.text === text) {
                    return known.source;
                }
                const source = ts.createSourceFile(name, text, options, true);
                source.version = String(++this.versions);
                this.parsed.set(name, { text, source });
                return source;
            },
            fileExists: (name) => this.text(name) !== undefined,
            readFile: (name) => this.text(name),
            hasInvalidatedResolutions: () => this.moved, // a missing file may exist now
            getDefaultLibFileName: (options) => `${MODULES}typescript/lib/${ts.getDefaultLibFileName(options)}`,
            getDefaultLibLocation: () => `${MODULES}typescript/lib`,
            getCurrentDirectory: () => ROOT,
            getCanonicalFileName: (name) => name,
            useCaseSensitiveFileNames: () => true,
            getNewLine: () => '\n',
            writeFile: () => undefined
        };
    }

    /** The text of a file: in memory, a stand-in for a package, or installed by npm. */
    text(name) {
        const own = this.ours.get(name) ?? this.fixed.get(name);
        if (own !== undefined || !name.startsWith(MODULES)) {
            return own;
        }
        if (!this.disk.has(name)) {
            this.disk.set(name, read(path.join(this.packages, 'node_modules', name.slice(MODULES.length))));
        }
        return this.disk.get(name);
    }
}

function read(file) {
    try {
        return fs.readFileSync(file, 'utf8');
    } catch {
        return undefined;
    }
}

/** Line and column of an offset, from 1; columns count characters, and lines end as in editors. */
export function place(source, offset) {
    const before = source.text.slice(0, offset).split(/\r\n|\r|\n/);
    return { line: before.length, column: [...before.at(-1)].length + 1 };
}
