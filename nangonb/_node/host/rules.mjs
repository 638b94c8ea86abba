// The rules of Nango's CLIs for TypeScript scripts, on the syntax tree; and the rules of its server.
//
// Like the CLIs, they match calls of `nango.<method>(…)` by name and compare lines for the order of calls.

import { Exports } from './exports.mjs';

const REQUESTS = ['proxy', 'get', 'post', 'put', 'patch', 'delete'];
const BATCHES = ['batchSave', 'batchDelete', 'batchUpdate'];
const AWAITED = [
    'batchSend', 'batchSave', 'batchDelete', 'log', 'getFieldMapping', 'setFieldMapping', 'getMetadata', 'setMetadata',
    ...REQUESTS, 'getConnection', 'getEnvironmentVariables', 'triggerAction', 'setMergingStrategy',
    'deleteRecordsFromPreviousExecutions'
];
const AWAITED_ZERO = [...AWAITED, 'trackDeletesStart', 'trackDeletesEnd'];
const OF_SYNCS = ['batchSend', ...BATCHES];
const OF_MODELS = [...BATCHES, 'setMergingStrategy', 'deleteRecordsFromPreviousExecutions', 'getRecordsByIds'];
const DEPRECATED = { batchSend: 'batchSave', getFieldMapping: 'getMetadata', setFieldMapping: 'setMetadata' };
const PACKAGES = ['url', 'node:url', 'crypto', 'node:crypto', 'zod', 'unzipper', 'soap', 'botbuilder'];
const PACKAGES_ZERO = ['nango/experimental', 'url', 'node:url', 'crypto', 'node:crypto', 'nango', 'zod', 'unzipper', 'soap', 'botbuilder'];
const NOT_ON_THE_SERVER = ['node:url', 'node:crypto'];

/**
 * Check a file. `about`: `layout`, `kind` (sync, action, on-event, module), `models` of nango.yaml, `output` of the
 * script. Each finding: node, code, message, hint, layouts (those whose CLI rejects it).
 */
export class Rules {
    constructor(ts, source, about) {
        this.ts = ts;
        this.source = source;
        this.about = about;
        this.zero = about.layout === 'zero-yaml';
        this.findings = [];
        this.calls = new Map(); // method → calls, for the rules about their order
    }

    run() {
        this.visit(this.source);
        const entry = this.about.kind !== 'module';
        if (this.zero && entry) {
            new Exports(this.ts, this.source, (node, ...finding) => this.report(node, ...finding)).check();
        } else if (!this.zero && this.about.kind === 'sync') {
            this.returned();
        }
        this.order();
        if (this.zero && entry) {
            this.tracked();
        }
        return this.findings;
    }

    report(node, code, message, hint = '', layouts = [this.about.layout]) {
        this.findings.push({ node, code, message, hint, layouts });
    }

    visit(node) {
        const { ts } = this;
        if (ts.isImportDeclaration(node)) {
            this.imported(node);
        } else if (ts.isCallExpression(node)) {
            this.called(node);
        }
        ts.forEachChild(node, (child) => this.visit(child));
    }

    // Imports

    imported(node) {
        const { ts } = this;
        const name = node.moduleSpecifier.text;
        const clause = node.importClause;
        const named = clause?.namedBindings && ts.isNamedImports(clause.namedBindings) ? clause.namedBindings.elements : [];
        if (clause?.isTypeOnly || (named.length > 0 && !clause.name && named.every((each) => each.isTypeOnly))) {
            return;
        }
        if (name.startsWith('.')) {
            this.local(node, name);
        } else if (!(this.zero ? PACKAGES_ZERO : PACKAGES).includes(name)) {
            const message = this.zero
                ? `Import of package '${name}' is not allowed. Allowed packages are: ${PACKAGES_ZERO.join(', ')}`
                : `Importing libraries is not allowed. Please remove the import "${name}"`;
            this.report(node.moduleSpecifier, 'import-not-allowed', message, this.zero ? '' : `Allowed packages: ${PACKAGES.join(', ')}.`);
        } else if (NOT_ON_THE_SERVER.includes(name)) {
            const bare = name.replace('node:', '');
            this.report(node.moduleSpecifier, 'import-not-on-server', `Nango's CLI accepts '${name}', but its server rejects it: Module '${name}' is not allowed.`, `Use '${bare}'.`, []);
        }
    }

    local(node, name) {
        const parts = [...this.about.file.split('/').slice(0, -1), ...name.split('/')];
        let depth = 0;
        for (const part of parts) {
            depth += part === '..' ? -1 : part === '.' ? 0 : 1;
            if (depth < 0) {
                const message = `All imported files must live within the nango-integrations directory. Please move "${parts.at(-1)}" into the nango-integrations directory.`;
                return this.report(node.moduleSpecifier, 'import-not-allowed', message);
            }
        }
    }

    // Calls

    called(node) {
        const { ts } = this;
        const callee = node.expression;
        if (!ts.isPropertyAccessExpression(callee)) {
            return;
        }
        const method = callee.name.text;
        if (method === 'constructor') {
            const message = `Nango's server rejects a script that calls ${callee.getText(this.source)}(…).`;
            this.report(callee.name, 'constructor-call', message, 'Call the class by its name.');
        }
        if (!ts.isIdentifier(callee.expression)) {
            return;
        }
        if (callee.expression.text === 'console') {
            const message = `Logs of console.${method} do not appear in Nango.`;
            this.report(callee, 'console-log', message, "Use await nango.log() instead.", []);
        }
        if (callee.expression.text !== 'nango') {
            return;
        }
        const at = callee.name;
        if (!this.zero && Object.hasOwn(DEPRECATED, method)) {
            this.report(at, 'deprecated', `nango.${method}() is deprecated. Use nango.${DEPRECATED[method]}() instead.`, '', []);
        }
        if (!this.zero && this.about.kind === 'action' && OF_SYNCS.includes(method)) {
            const message = `nango.${method}() calls are not allowed in an action script. Please remove it.`;
            this.report(at, 'sync-only', message, 'Return a value, or make it a sync.');
        }
        if ((this.zero ? AWAITED_ZERO : AWAITED).includes(method) && !this.isAwaited(node)) {
            const message = `nango.${method}() calls must be awaited. Not awaiting can lead to unexpected results.`;
            this.report(callee, 'not-awaited', message, `Write await nango.${method}(…).`);
        }
        if (!this.zero && OF_MODELS.includes(method) && node.arguments.length > 1) {
            this.model(node.arguments.at(-1));
        }
        this.retries(node);
        if (!this.zero || (this.about.kind !== 'module' && this.isInExec(node))) {
            this.calls.set(method, [...(this.calls.get(method) ?? []), node]);
        }
    }

    isAwaited(node) {
        const { ts } = this;
        for (let above = node.parent; above; above = above.parent) {
            const then = ts.isPropertyAccessExpression(above) && ['then', 'catch'].includes(above.name.text);
            if (then || ts.isAwaitExpression(above) || ts.isReturnStatement(above)) {
                return true;
            }
        }
        return false;
    }

    isInExec(node) {
        const { ts } = this;
        for (let above = node.parent; above; above = above.parent) {
            if (ts.isPropertyAssignment(above) && ts.isIdentifier(above.name) && above.name.text === 'exec') {
                return true;
            }
        }
        return false;
    }

    model(node) {
        const { models, output } = this.about;
        if (!this.ts.isStringLiteral(node) || models.length === 0) {
            return;
        }
        if (!models.includes(node.text)) {
            const message = `"${node.text}" is not a valid model name. The possible model names are: ${models.join(', ')}`;
            this.report(node, 'unknown-model', message);
        } else if (output.length > 0 && !output.includes(node.text)) {
            const names = output.join(', ');
            const message = `"${node.text}" is not an output model of this script. Its output models are: ${names}.`;
            this.report(node, 'unknown-model', message, `Add it to the output: [${names}, ${node.text}]`, []);
        }
    }

    retries(node) {
        const { ts } = this;
        const config = node.arguments[0];
        if (!config || !ts.isObjectLiteralExpression(config)) {
            return;
        }
        const named = (name) =>
            config.properties.find(
                (each) =>
                    (ts.isPropertyAssignment(each) || ts.isShorthandPropertyAssignment(each)) &&
                    ts.isIdentifier(each.name) &&
                    each.name.text === name
            );
        const retryOn = named('retryOn');
        if (retryOn && !named('retries')) {
            const message = this.zero
                ? "Proxy call: 'retryOn' should not be used if 'retries' is not set."
                : "Usage of 'retryOn' without 'retries'. 'retryOn' should not be used if 'retries' is not set.";
            this.report(node.expression, 'retry-on-without-retries', message, 'Add the number of retries: retries: 3');
        }
    }

    // Return values of syncs

    returned() {
        const { ts } = this;
        for (const each of this.source.statements) {
            const exported = ts.canHaveModifiers(each) ? ts.getModifiers(each) ?? [] : [];
            let entry = null;
            if (ts.isFunctionDeclaration(each) && exported.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword)) {
                entry = each;
            } else if (ts.isExportAssignment(each) && (ts.isArrowFunction(each.expression) || ts.isFunctionExpression(each.expression))) {
                entry = each.expression;
            }
            if (entry?.body && this.returns(entry.body)) {
                const message =
                    'The default exported function fetchData must not return a value. Sync functions should not return but rather use batchSave to save data.';
                this.report(entry.name ?? entry, 'sync-returns-value', message, 'Remove the value, or the return.');
            }
        }
    }

    returns(node) {
        const { ts } = this;
        if (ts.isReturnStatement(node)) {
            return node.expression !== undefined;
        }
        const inner = ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node);
        return !inner && ts.forEachChild(node, (child) => this.returns(child) || undefined) === true;
    }

    // The order of calls

    line(node) {
        return this.source.getLineAndCharacterOfPosition(node.getStart(this.source)).line;
    }

    /** Calls of these methods, sorted by line. */
    of(...methods) {
        return methods.flatMap((name) => this.calls.get(name) ?? []).sort((a, b) => this.line(a) - this.line(b));
    }

    order() {
        const [batches, requests] = [this.of(...BATCHES), this.of(...REQUESTS)];
        const merging = this.of('setMergingStrategy');
        const deletes = this.of('deleteRecordsFromPreviousExecutions');
        const after = (some, others) => some.some((one) => this.line(one) > this.line(others[0]));
        for (const [others, what] of [[batches, 'batching records'], [requests, 'proxy']]) {
            if (others.length > 0 && merging.length > 0 && after(merging, others)) {
                const message = `setMergingStrategy should be called before any ${what} function.`;
                this.report(merging[0].expression, 'merging-order', message, `Move it above line ${this.lineNumber(others[0])}.`);
            }
        }
        if (deletes.length > 1) {
            const often = this.zero ? 'only once per sync' : 'only once';
            this.report(deletes.at(-1).expression, 'delete-order', `deleteRecordsFromPreviousExecutions should be called ${often}.`, 'Remove one of the calls.');
        }
        if (batches.length > 0 && deletes.length > 0 && after(batches, deletes)) {
            const what = this.zero ? 'any' : 'all';
            const plural = this.zero ? '' : 's';
            const message = `deleteRecordsFromPreviousExecutions should be called after ${what} batching records function${plural}.`;
            const node = this.zero ? deletes[0] : deletes.at(-1);
            this.report(node.expression, 'delete-order', message, `Move it below line ${this.lineNumber(batches.at(-1))}.`);
        }
    }

    /** The line number in the cell: rules check the body of a cell. */
    lineNumber(node) {
        return this.line(node) + 1 + this.about.offset;
    }

    tracked() {
        const batches = this.of(...BATCHES);
        const named = (name) => this.of(name).filter((each) => each.arguments[0] && this.ts.isStringLiteral(each.arguments[0]));
        const models = new Map();
        for (const [index, name] of ['trackDeletesStart', 'trackDeletesEnd'].entries()) {
            for (const call of named(name)) {
                const model = call.arguments[0].text;
                models.set(model, models.get(model) ?? [[], []]);
                models.get(model)[index].push(call);
            }
        }
        for (const [model, [starts, ends]] of models) {
            const [call, what, hint] = this.trackedWrongly(starts, ends, batches) ?? [];
            if (call) {
                const [name, rest] = what;
                this.report(call.expression, 'track-deletes-order', `${name} for model '${model}' ${rest}.`, hint);
            }
        }
    }

    /** The first problem of the calls for one model, in the order of the CLI. */
    trackedWrongly(starts, ends, batches) {
        const [START, END] = ['trackDeletesStart', 'trackDeletesEnd'];
        const line = (call) => this.line(call);
        if (starts.length > 1) {
            return [starts.at(-1), [START, 'should be called only once per sync'], 'Remove one of the calls.'];
        }
        if (ends.length > 1) {
            return [ends.at(-1), [END, 'should be called only once per sync'], 'Remove one of the calls.'];
        }
        if (starts.length === 0) {
            return [ends[0], [END, `is called but ${START} is never called`], 'Call it at the start of exec.'];
        }
        if (ends.length === 0) {
            return [starts[0], [START, `is called but ${END} is never called`], 'Call it at the end of exec.'];
        }
        if (line(starts[0]) > line(ends[0])) {
            return [starts[0], [START, `should be called before ${END}`], 'Swap the two.'];
        }
        if (batches.some((each) => line(each) < line(starts[0]))) {
            return [starts[0], [START, 'should be called before any batching records function'], `Move it above line ${this.lineNumber(batches[0])}.`];
        }
        if (batches.some((each) => line(each) > line(ends[0]))) {
            return [ends[0], [END, 'should be called after any batching records function'], `Move it below line ${this.lineNumber(batches.at(-1))}.`];
        }
        return null;
    }
}
