// Reads the declarations of createSync and the like without running the script: interprets the literal parts of its
// syntax tree. These are literals, constants of the file and of modules, zod schemas (by the real zod, with such values
// only) and simple helper functions. Any other code that may affect the declaration raises Unread with its place.

import { stripTypeScriptTypes } from 'node:module';
import vm from 'node:vm';

import { lineOf, relativeFile } from './paths.mjs';

const CREATES = { createSync: 'sync', createAction: 'action', createOnEvent: 'onEvent' };
const BUILTIN = ['url', 'crypto', 'node:url', 'node:crypto', 'soap', 'unzipper', 'botbuilder'];
const MOST_STEPS = 200_000;
const MOST_TEXT = 1_000_000;
const DEEPEST = 400;
const GLOBALS = new Set([...vm.runInNewContext('Object.getOwnPropertyNames(globalThis)'), 'Buffer', 'URL', 'URLSearchParams', 'setTimeout', 'console']);

// Functions of zod that only create schemas. `config`, `registry` … change zod itself; parsing runs callbacks.
const BUILDERS = new Set(
    `any array base64 base64url bigint boolean check cidrv4 cidrv6 codec cuid cuid2 custom date discriminatedUnion e164 email emoji enum file float32
    float64 guid hash hex hostname httpUrl int int32 int64 intersection ipv4 ipv6 json jwt keyof ksuid lazy literal looseObject looseRecord map nan nanoid
    nativeEnum never nonoptional null nullable nullish number object optional partialRecord pipe prefault preprocess promise readonly record set strictObject
    string stringbool success symbol templateLiteral transform tuple uint32 uint64 ulid undefined union unknown url uuid uuidv4 uuidv6 uuidv7 void xid xor
    catch _default instanceof function mac slugify`.split(/\s+/)
);
const NESTED = { iso: new Set(['date', 'time', 'datetime', 'duration']), coerce: new Set(['string', 'number', 'boolean', 'bigint', 'date']) };
const METHODS = new Set(
    `and array base64 base64url brand catch catchall check cidrv4 cidrv6 cuid cuid2 date datetime default describe duration e164 email emoji endsWith exactOptional
    exclude extend extract finite guid gt gte http includes int ipv4 ipv6 jwt keyof ksuid length loose looseObject lowercase lt lte max merge meta mime min
    minSize maxSize multipleOf nanoid negative nonempty nonnegative nonoptional nonpositive nonstrict normalize nullable nullish omit optional or overwrite
    partial passthrough pick pipe positive prefault readonly refine regex required rest safe safeExtend size slugify startsWith step strict strip superRefine time
    toLowerCase toUpperCase transform trim ulid unwrap uppercase url uuid uuidv4 uuidv6 uuidv7 xid element with`.split(/\s+/)
);
const PROPERTIES = new Set(['shape', 'element', 'options', 'enum', 'Enum', 'Values', 'value', 'values', 'description']);
// calls that only create a value, in constants that the declaration does not use
const PURE_CLASSES = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Date', 'RegExp', 'URL', 'URLSearchParams', 'Error', 'Array', 'Intl']);
const PURE_FUNCTIONS = new Set(['String', 'Number', 'Boolean', 'BigInt', 'Symbol', 'parseInt', 'parseFloat', 'encodeURIComponent', 'decodeURIComponent']);
const PURE_OWNERS = new Set(['Object.freeze', 'Object.keys', 'Object.values', 'Object.entries', 'Object.fromEntries', 'Math.', 'Number.', 'JSON.stringify', 'Date.UTC', 'Array.from', 'Array.of', 'String.raw']);
const PURE_METHODS = new Set(
    `map filter join split slice concat flat flatMap includes indexOf trim trimStart trimEnd toLowerCase toUpperCase replace replaceAll padStart padEnd repeat
    toString toISOString getTime reduce some every find findIndex keys values entries at charAt charCodeAt codePointAt startsWith endsWith exec test match matchAll search
    toFixed valueOf has get getUTCFullYear getUTCMonth getUTCDate getUTCHours getUTCMinutes getUTCSeconds getUTCMilliseconds getUTCDay`.split(/\s+/)
);

/** A value that is only known at run time; `node` and `file` are its place. */
class Unread extends Error {
    constructor(reason, node, file) {
        super(reason);
        Object.assign(this, { node, file });
    }
}

const own = (object, key) => Object.getOwnPropertyDescriptor(object, key);
const isPrimitive = (value) => value === null || (typeof value !== 'object' && typeof value !== 'function');
const put = (object, key, value) => Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });

/** The names of a file or a function: name → {value} or {unread}. */
class Scope {
    constructor(outer, file) {
        Object.assign(this, { outer, file, names: new Map() });
    }

    find(name) {
        return this.names.get(name) ?? this.outer?.find(name);
    }
}

/** Whether the text without its types is valid JavaScript. It does not run. */
function compiles(text) {
    try {
        let code;
        try {
            code = stripTypeScriptTypes(text);
        } catch {
            code = stripTypeScriptTypes(text, { mode: 'transform' });
        }
        return Boolean(new vm.SourceTextModule(code));
    } catch {
        return false;
    }
}

export class Literals {
    /** `files`: path → {text, offset}; `zod` returns the package, or throws if it is not installed. */
    constructor(ts, files, zod) {
        this.ts = ts;
        this.files = files;
        this.getZod = zod;
        this.parsed = new Map();
    }

    /** The declaration of `entry`: {declaration} (declare.cjs), {names, message, line} of a value that is not a schema, or {reason, file, line}. */
    read(entry, declaring) {
        this.modules = new Map();
        this.functions = new WeakMap(); // functions that are passed to zod → {node, scope}
        this.builders = new WeakMap(); // functions of zod that may be called → true
        this.called = null; // the Unread of a function that zod called
        this.steps = 0;
        this.depth = 0;
        try {
            this.zod = undefined;
            const { exports } = this.module(entry);
            const exported = exports.get('default');
            if (exported === undefined) {
                throw new Unread('it has no default export', null, entry);
            }
            const script = this.value(exported);
            if (isPrimitive(script) || typeof script === 'function' || !Object.values(CREATES).includes(script.type)) {
                throw new Unread('its default export is not a call of createSync, createAction or createOnEvent', null, entry);
            }
            const declaration = declaring.declared({ default: script }, () => this.zod ?? this.loadZod());
            if (this.called) {
                throw this.called;
            }
            return { declaration: JSON.parse(JSON.stringify(declaration)) };
        } catch (error) {
            if (error instanceof declaring.NotASchema && !this.called) {
                const line = lineOf(this.files[entry].text, new RegExp(`(^|[\\s{,])${error.names[0]}\\s*[:,]`));
                return { names: error.names, message: error.message, file: entry, line: this.files[entry].offset + line };
            }
            return this.unread(this.called ?? error, entry);
        }
    }

    unread(error, entry) {
        if (!(error instanceof Unread)) { // of zod, or a stack overflow
            return { reason: String(error?.message ?? error).slice(0, 200), file: entry, line: this.files[entry].offset + 1 };
        }
        const file = error.file ?? entry;
        const source = this.parsed.get(file);
        const line = error.node && source ? source.getLineAndCharacterOfPosition(error.node.getStart(source)).line : 0;
        return { reason: error.message, file, line: this.files[file].offset + line + 1 };
    }

    loadZod() {
        this.zod = this.getZod();
        this.zod.globalRegistry.clear(); // remove the ids of other scripts
        return this.zod;
    }

    source(file) {
        if (!this.parsed.has(file)) {
            const { ts } = this;
            this.parsed.set(file, ts.createSourceFile(file, this.files[file].text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS));
        }
        return this.parsed.get(file);
    }

    // Modules

    module(file) {
        const known = this.modules.get(file);
        if (known !== undefined) {
            return known;
        }
        const module = { exports: new Map(), scope: new Scope(null, file) };
        this.modules.set(file, module);
        const source = this.source(file);
        if (source.parseDiagnostics.length > 0 || !compiles(this.files[file].text)) {
            throw new Unread('it is not valid TypeScript', null, file);
        }
        const { ts } = this;
        for (const each of source.statements) {
            if (ts.isImportDeclaration(each) || (ts.isExportDeclaration(each) && each.moduleSpecifier)) {
                this.importing(each, module);
            } else if (ts.isFunctionDeclaration(each) && each.name && each.body) {
                module.scope.names.set(each.name.text, { value: this.functionOf(each, module.scope) });
            }
        }
        for (const each of source.statements) {
            this.statement(each, module);
        }
        return module;
    }

    importing(node, { exports, scope }) {
        const { ts } = this;
        if (node.importClause?.isTypeOnly || node.isTypeOnly) {
            return;
        }
        const specifier = node.moduleSpecifier.text;
        let all;
        if (specifier.startsWith('.')) {
            const { file } = relativeFile(this.files, specifier, scope.file);
            if (file === null) {
                throw new Unread(`there is no module ${specifier}`, node, scope.file);
            }
            all = this.module(file).exports;
        } else {
            all = this.package(specifier, node, scope);
        }
        const unknown = (name) => ({ unread: new Unread(`${name} of ${specifier} is only known at run time`, node, scope.file) });
        const take = (name) => all.get(name) ?? unknown(name);
        if (ts.isExportDeclaration(node)) {
            if (node.exportClause === undefined) {
                for (const [name, one] of all) {
                    if (name !== 'default') {
                        exports.set(name, one);
                    }
                }
            } else if (ts.isNamespaceExport(node.exportClause)) {
                exports.set(node.exportClause.name.text, { namespace: all });
            } else {
                for (const one of node.exportClause.elements) {
                    exports.set(one.name.text, take((one.propertyName ?? one.name).text));
                }
            }
            return;
        }
        const { name, namedBindings } = node.importClause ?? {};
        if (name) {
            scope.names.set(name.text, take('default'));
        }
        if (namedBindings && ts.isNamespaceImport(namedBindings)) {
            scope.names.set(namedBindings.name.text, all.get('*') ?? { namespace: all });
        } else {
            for (const one of namedBindings?.elements ?? []) {
                scope.names.set(one.name.text, take((one.propertyName ?? one.name).text));
            }
        }
    }

    package(specifier, node, { file }) {
        if (specifier === 'nango') {
            return new Map(Object.entries(CREATES).map(([name, type]) => [name, { creates: type }]));
        }
        if (specifier === 'zod') {
            const zod = this.zod ?? this.loadZod();
            const whole = { zod: null };
            const exports = new Map([['*', whole], ['default', whole], ['z', whole]]);
            for (const name of BUILDERS) {
                if (typeof zod[name] === 'function') {
                    exports.set(name, { value: this.builder(zod[name]) });
                }
            }
            for (const name of Object.keys(NESTED)) {
                exports.set(name, { zod: name });
            }
            return exports;
        }
        if (BUILTIN.includes(specifier)) {
            return new Map();
        }
        throw new Unread(`module ${specifier} is not allowed`, node, file);
    }

    builder(made) {
        this.builders.set(made, true);
        return made;
    }

    statement(node, { exports, scope }) {
        const { ts } = this;
        const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
        const has = (kind) => modifiers.some((one) => one.kind === kind);
        if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEmptyStatement(node) || has(ts.SyntaxKind.DeclareKeyword)) {
            return;
        }
        if (ts.isImportDeclaration(node) || (ts.isExportDeclaration(node) && node.moduleSpecifier)) {
            return;
        }
        const exported = has(ts.SyntaxKind.ExportKeyword);
        if (ts.isExportDeclaration(node)) {
            for (const one of node.exportClause?.elements ?? []) {
                const name = (one.propertyName ?? one.name).text;
                // resolved on demand: the exported name may be defined below
                exports.set(one.name.text, { later: () => scope.find(name) });
            }
        } else if (ts.isExportAssignment(node) && !node.isExportEquals) {
            exports.set('default', this.bound(node.expression, scope));
        } else if (ts.isFunctionDeclaration(node)) {
            if (exported && node.body) {
                const one = node.name ? scope.names.get(node.name.text) : { value: this.functionOf(node, scope) };
                exports.set(has(ts.SyntaxKind.DefaultKeyword) ? 'default' : node.name.text, one);
            }
        } else if (ts.isVariableStatement(node)) {
            for (const each of node.declarationList.declarations) {
                this.constant(each, scope, exported ? exports : null);
            }
        } else if (ts.isEnumDeclaration(node)) {
            this.keep(node.name.text, { value: this.enumeration(node, scope) }, scope, exported ? exports : null);
        } else if (ts.isClassDeclaration(node)) {
            this.inert(node, scope);
            if (node.name) {
                const one = { unread: new Unread(`the class ${node.name.text} is only known at run time`, node, scope.file) };
                this.keep(node.name.text, one, scope, exported ? exports : null);
            }
        } else if (!(ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression))) {
            throw new Unread('this statement has an effect when the file is loaded', node, scope.file);
        }
    }

    keep(name, one, scope, exports) {
        scope.names.set(name, one);
        exports?.set(name, one);
    }

    constant(node, scope, exports) {
        const { ts } = this;
        if (ts.isIdentifier(node.name)) {
            this.keep(node.name.text, node.initializer ? this.bound(node.initializer, scope) : { value: undefined }, scope, exports);
            return;
        }
        if (node.initializer) {
            this.inert(node.initializer, scope);
        }
        const names = (pattern) => pattern.elements.flatMap((one) => (!one.name ? [] : ts.isIdentifier(one.name) ? [one.name.text] : names(one.name)));
        this.inert(node.name, scope);
        for (const name of names(node.name)) {
            this.keep(name, { unread: new Unread('this destructured value is only known at run time', node, scope.file) }, scope, exports);
        }
    }

    /** The value of an expression without side effects, or why it is unknown. */
    bound(expression, scope) {
        try {
            return { value: this.evaluate(expression, scope) };
        } catch (error) {
            if (!(error instanceof Unread)) {
                throw error;
            }
            this.inert(expression, scope);
            return { unread: error };
        }
    }

    enumeration(node, scope) {
        const { ts } = this;
        const members = {};
        const inner = new Scope(scope, scope.file);
        let next = 0;
        for (const one of node.members) {
            const name = this.propertyName(one.name, scope);
            const value = one.initializer ? this.evaluate(one.initializer, inner) : next;
            if (typeof value !== 'string' && typeof value !== 'number') {
                throw new Unread('this enum value is only known at run time', one, scope.file);
            }
            put(members, name, value);
            inner.names.set(name, { value });
            if (typeof value === 'number') {
                put(members, String(value), name);
                next = value + 1;
            }
        }
        return members;
    }

    /**
     * Throw an Unread if a node has side effects on other values. `calls` are functions of the script that are already
     * checked.
     */
    inert(node, scope, calls = new Set()) {
        const { ts } = this;
        const locals = new Set(); // declared below the node
        const fresh = new Set(); // constants among them that are new objects
        const declares = (each) => {
            const isNamed = ts.isParameter(each) || ts.isVariableDeclaration(each) || ts.isBindingElement(each) || ts.isFunctionLike(each) || ts.isClassLike(each);
            if (isNamed && each.name && ts.isIdentifier(each.name)) {
                locals.add(each.name.text);
            }
            if (ts.isVariableDeclarationList(each) && each.flags & ts.NodeFlags.Const) {
                const made = each.declarations.filter(({ initializer: one }) => one && (ts.isNewExpression(one) || ts.isObjectLiteralExpression(one) || ts.isArrayLiteralExpression(one)));
                made.filter(({ name }) => ts.isIdentifier(name)).forEach(({ name }) => fresh.add(name.text));
            }
            ts.forEachChild(each, declares);
        };
        declares(node);
        const called = new Set([node]); // functions in the node that also run
        const refuse = (culprit) => {
            throw new Unread('this runs when the file is loaded', culprit, scope.file);
        };
        const changes = (target, culprit) => {
            const isElement = ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target);
            const [name, known] = isElement ? [target.expression, fresh] : [target, locals];
            if (!ts.isIdentifier(name) || !known.has(name.text)) {
                refuse(culprit);
            }
        };
        const visit = (each) => {
            this.step(each, scope);
            if (ts.isTypeNode(each) && !ts.isExpressionWithTypeArguments(each)) {
                return undefined;
            }
            if (ts.isFunctionLike(each) && !called.has(each)) {
                return each.name && ts.isComputedPropertyName(each.name) ? visit(each.name) : undefined;
            }
            if (ts.isPropertyDeclaration(each) && !ts.getModifiers(each)?.some((one) => one.kind === ts.SyntaxKind.StaticKeyword)) {
                return undefined; // runs when the class is instantiated
            }
            if (ts.isCallExpression(each)) {
                const own = ts.isIdentifier(each.expression) ? this.functions.get(scope.find(each.expression.text)?.value) : undefined;
                if (own === undefined && !this.isPure(each, fresh)) {
                    refuse(each);
                }
                if (own !== undefined && !calls.has(own)) {
                    this.inert(own.node, own.scope, calls.add(own));
                }
                each.arguments.filter((one) => ts.isFunctionLike(one)).forEach((one) => called.add(one));
            } else if (ts.isNewExpression(each)) {
                if (!ts.isIdentifier(each.expression) || !PURE_CLASSES.has(each.expression.text) || scope.find(each.expression.text)) {
                    refuse(each);
                }
            } else if (ts.isPostfixUnaryExpression(each) || (ts.isPrefixUnaryExpression(each) && [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(each.operator))) {
                changes(each.operand, each);
            } else if (ts.isBinaryExpression(each) && each.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && each.operatorToken.kind <= ts.SyntaxKind.LastAssignment) {
                changes(each.left, each);
            } else if (
                ts.isAwaitExpression(each) || ts.isYieldExpression(each) || ts.isDeleteExpression(each) || ts.isTaggedTemplateExpression(each) ||
                ts.isDecorator(each) || ts.isClassStaticBlockDeclaration(each)
            ) {
                refuse(each);
            } else if (ts.isIdentifier(each) && !locals.has(each.text) && !GLOBALS.has(each.text) && !scope.find(each.text)) {
                refuse(each); // not defined, or defined below
            }
            if (ts.isPropertyAccessExpression(each)) {
                return visit(each.expression);
            }
            if ((ts.isPropertyAssignment(each) || ts.isClassElement(each)) && each.name && !ts.isComputedPropertyName(each.name)) {
                return each.initializer && visit(each.initializer);
            }
            ts.forEachChild(each, visit);
            return undefined;
        };
        visit(node);
    }

    isPure({ expression, arguments: [first] }, fresh) {
        const { ts } = this;
        if (ts.isIdentifier(expression)) {
            return PURE_FUNCTIONS.has(expression.text);
        }
        if (!ts.isPropertyAccessExpression(expression)) {
            return false;
        }
        const name = expression.name.text;
        const owner = ts.isIdentifier(expression.expression) ? expression.expression.text : '';
        const isFresh = first && (ts.isNewExpression(first) || ts.isObjectLiteralExpression(first) || (ts.isIdentifier(first) && fresh.has(first.text)));
        if (fresh.has(owner) || (owner === 'Object' && name === 'assign' && isFresh)) {
            return true;
        }
        return PURE_OWNERS.has(`${owner}.${name}`) || PURE_OWNERS.has(`${owner}.`) || PURE_METHODS.has(name);
    }

    // Values

    step(node, scope) {
        if (++this.steps > MOST_STEPS) {
            throw new Unread('it is too large to read', node, scope.file);
        }
    }

    /** The value of a name. */
    value(one, node, scope) {
        let binding = one;
        for (let left = DEEPEST; binding?.later && left > 0; left--) {
            binding = binding.later();
        }
        if (binding === undefined || binding.later) {
            throw new Unread('the value of this name is only known at run time', node, scope?.file);
        }
        if (binding.unread) {
            throw binding.unread;
        }
        if ('value' in binding) {
            return binding.value;
        }
        throw new Unread('this use is only known at run time', node, scope?.file);
    }

    evaluate(node, scope) {
        this.step(node, scope);
        if (++this.depth > DEEPEST) {
            this.depth--;
            throw new Unread('it is nested too deeply to read', node, scope.file);
        }
        try {
            return this.expression(node, scope);
        } finally {
            this.depth--;
        }
    }

    expression(node, scope) {
        const { ts } = this;
        const { SyntaxKind } = ts;
        switch (node.kind) {
            case SyntaxKind.ParenthesizedExpression:
            case SyntaxKind.AsExpression:
            case SyntaxKind.SatisfiesExpression:
            case SyntaxKind.NonNullExpression:
            case SyntaxKind.TypeAssertionExpression:
                return this.evaluate(node.expression, scope);
            case SyntaxKind.StringLiteral:
            case SyntaxKind.NoSubstitutionTemplateLiteral:
                return node.text;
            case SyntaxKind.NumericLiteral:
                return Number(node.text);
            case SyntaxKind.BigIntLiteral:
                return BigInt(node.text.slice(0, -1));
            case SyntaxKind.TrueKeyword:
                return true;
            case SyntaxKind.FalseKeyword:
                return false;
            case SyntaxKind.NullKeyword:
                return null;
            case SyntaxKind.RegularExpressionLiteral: {
                const end = node.text.lastIndexOf('/');
                return new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
            }
            case SyntaxKind.Identifier:
                return this.identifier(node, scope);
            case SyntaxKind.TemplateExpression:
                return this.text(node.templateSpans.reduce((text, span) => text + this.primitive(span.expression, scope) + span.literal.text, node.head.text), node, scope);
            case SyntaxKind.PrefixUnaryExpression:
                return this.unary(node, scope);
            case SyntaxKind.VoidExpression:
                return void this.evaluate(node.expression, scope);
            case SyntaxKind.BinaryExpression:
                return this.binary(node, scope);
            case SyntaxKind.ConditionalExpression:
                return this.evaluate(this.evaluate(node.condition, scope) ? node.whenTrue : node.whenFalse, scope);
            case SyntaxKind.ArrayLiteralExpression:
                return this.array(node.elements, scope);
            case SyntaxKind.ObjectLiteralExpression:
                return this.object(node, scope);
            case SyntaxKind.ArrowFunction:
            case SyntaxKind.FunctionExpression:
                return this.functionOf(node, scope);
            case SyntaxKind.PropertyAccessExpression:
            case SyntaxKind.ElementAccessExpression:
                return this.access(node, scope);
            case SyntaxKind.CallExpression:
                return this.call(node, scope);
            case SyntaxKind.NewExpression:
                return this.made(node, scope);
        }
        throw this.running(node, scope);
    }

    running(node, scope) {
        return new Unread('this value is only known at run time', node, scope.file);
    }

    text(value, node, scope) {
        if (typeof value === 'string' && value.length > MOST_TEXT) {
            throw new Unread('it is too large to read', node, scope.file);
        }
        return value;
    }

    primitive(node, scope) {
        const value = this.evaluate(node, scope);
        if (!isPrimitive(value) || typeof value === 'symbol') {
            throw this.running(node, scope);
        }
        return value;
    }

    identifier(node, scope) {
        const binding = scope.find(node.text);
        if (binding === undefined && ['undefined', 'NaN', 'Infinity'].includes(node.text)) {
            return { undefined, NaN, Infinity }[node.text];
        }
        return this.value(binding, node, scope);
    }

    unary(node, scope) {
        const { SyntaxKind } = this.ts;
        const value = () => this.primitive(node.operand, scope);
        switch (node.operator) {
            case SyntaxKind.MinusToken:
                return -value();
            case SyntaxKind.PlusToken: {
                const operand = value();
                if (typeof operand !== 'bigint') {
                    return +operand;
                }
                break;
            }
            case SyntaxKind.TildeToken:
                return ~value();
            case SyntaxKind.ExclamationToken:
                return !this.evaluate(node.operand, scope);
        }
        throw this.running(node, scope);
    }

    binary(node, scope) {
        const { SyntaxKind } = this.ts;
        const left = () => this.evaluate(node.left, scope);
        switch (node.operatorToken.kind) {
            case SyntaxKind.AmpersandAmpersandToken:
                return left() && this.evaluate(node.right, scope);
            case SyntaxKind.BarBarToken:
                return left() || this.evaluate(node.right, scope);
            case SyntaxKind.QuestionQuestionToken:
                return left() ?? this.evaluate(node.right, scope);
        }
        const [one, other] = [this.primitive(node.left, scope), this.primitive(node.right, scope)];
        if (typeof one !== typeof other) {
            if (node.operatorToken.kind !== SyntaxKind.PlusToken || typeof one === 'bigint' || typeof other === 'bigint') {
                throw this.running(node, scope);
            }
        }
        switch (node.operatorToken.kind) {
            case SyntaxKind.PlusToken:
                return this.text(one + other, node, scope);
            case SyntaxKind.MinusToken:
                return one - other;
            case SyntaxKind.AsteriskToken:
                return this.small(one, other, node, scope) && one * other;
            case SyntaxKind.SlashToken:
                return one / other;
            case SyntaxKind.PercentToken:
                return one % other;
            case SyntaxKind.AsteriskAsteriskToken:
                return this.small(one, other, node, scope) && one ** other;
            case SyntaxKind.EqualsEqualsEqualsToken:
                return one === other;
            case SyntaxKind.ExclamationEqualsEqualsToken:
                return one !== other;
        }
        throw this.running(node, scope);
    }

    small(one, other, node, scope) {
        if (typeof one === 'bigint') {
            throw this.running(node, scope);
        }
        return true;
    }

    array(elements, scope) {
        const { ts } = this;
        const values = [];
        for (const each of elements) {
            if (ts.isSpreadElement(each)) {
                const more = this.evaluate(each.expression, scope);
                if (!Array.isArray(more)) {
                    throw this.running(each, scope);
                }
                for (const one of more) {
                    this.step(each, scope);
                    values.push(one);
                }
            } else if (ts.isOmittedExpression(each)) {
                throw this.running(each, scope);
            } else {
                values.push(this.evaluate(each, scope));
            }
        }
        return values;
    }

    propertyName(node, scope) {
        const { ts } = this;
        const name = ts.isComputedPropertyName(node) ? this.primitive(node.expression, scope) : ts.isPrivateIdentifier(node) ? null : node.text;
        if (name === null || name === '__proto__') {
            throw this.running(node, scope);
        }
        return ts.isNumericLiteral(node) ? String(Number(node.text)) : String(name);
    }

    object(node, scope) {
        const { ts } = this;
        const object = {};
        for (const each of node.properties) {
            if (ts.isSpreadAssignment(each)) {
                const more = this.evaluate(each.expression, scope);
                if (!isPrimitive(more) && !this.isPlain(more)) {
                    throw this.running(each, scope);
                }
                for (const key of isPrimitive(more) ? [] : Object.keys(more)) {
                    this.step(each, scope);
                    put(object, key, more[key]);
                }
                continue;
            }
            const name = this.propertyName(each.name, scope);
            if (ts.isPropertyAssignment(each)) {
                put(object, name, this.evaluate(each.initializer, scope));
            } else if (ts.isShorthandPropertyAssignment(each)) {
                put(object, name, this.identifier(each.name, scope));
            } else if (ts.isMethodDeclaration(each)) {
                put(object, name, this.functionOf(each, scope));
            } else if (ts.isGetAccessor(each)) {
                const get = this.functionOf(each, scope);
                Object.defineProperty(object, name, { get: () => get(), enumerable: true, configurable: true });
            } else {
                throw this.running(each, scope);
            }
        }
        return object;
    }

    isPlain(value) {
        return Object.getPrototypeOf(value) === Object.prototype;
    }

    isSchema(value) {
        return !isPrimitive(value) && typeof value === 'object' && '_zod' in value;
    }

    /** The function of this name of zod, or of one of its parts. */
    ofZod(one, name, node, scope) {
        const allowed = one.zod === null ? BUILDERS : NESTED[one.zod];
        const made = (one.zod === null ? this.zod : this.zod[one.zod])[name];
        if (!allowed.has(name) || typeof made !== 'function') {
            throw new Unread(`z.${name} is only known at run time`, node, scope.file);
        }
        return this.builder(made);
    }

    /** `object.name`, `object['name']`: {object, name}, or {special, name} for zod or the namespace of a module. */
    parts(node, scope) {
        const { ts } = this;
        if (node.questionDotToken) {
            throw this.running(node, scope);
        }
        const name = ts.isPropertyAccessExpression(node) ? node.name.text : String(this.primitive(node.argumentExpression, scope));
        const special = this.special(node.expression, scope);
        return special ? { special, name } : { object: this.evaluate(node.expression, scope), name };
    }

    /** The binding of an expression that is zod, a part of zod, or the namespace of a module; else null. */
    special(node, scope) {
        const { ts } = this;
        if (ts.isIdentifier(node)) {
            const binding = scope.find(node.text);
            return binding && ('zod' in binding || 'namespace' in binding) ? binding : null;
        }
        if (ts.isPropertyAccessExpression(node) && !node.questionDotToken) {
            const owner = this.special(node.expression, scope);
            if (owner && 'zod' in owner && owner.zod === null && Object.hasOwn(NESTED, node.name.text)) {
                return { zod: node.name.text };
            }
            if (owner && 'zod' in owner && owner.zod === null && node.name.text === 'z') {
                return owner;
            }
        }
        return null;
    }

    access(node, scope) {
        const { special, object, name } = this.parts(node, scope);
        if (special) {
            return 'zod' in special ? this.ofZod(special, name, node, scope) : this.value(special.namespace.get(name), node, scope);
        }
        if (this.isSchema(object)) {
            if (PROPERTIES.has(name)) {
                return object[name];
            }
        } else if (typeof object === 'string' && name === 'length') {
            return object.length;
        } else if (!isPrimitive(object) && typeof object === 'object' && (this.isPlain(object) || Array.isArray(object))) {
            if (own(object, name)) {
                return object[name];
            }
            if (!(name in Object.prototype) && this.isPlain(object)) {
                return undefined;
            }
        }
        throw this.running(node, scope);
    }

    call(node, scope) {
        const { ts } = this;
        const callee = node.expression;
        if (node.questionDotToken) {
            throw this.running(node, scope);
        }
        const creates = ts.isIdentifier(callee) ? scope.find(callee.text)?.creates : undefined;
        if (creates) {
            const [script] = this.array(node.arguments, scope);
            if (isPrimitive(script) || !this.isPlain(script)) {
                throw this.running(node, scope);
            }
            return { type: creates, ...script };
        }
        if (ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee)) {
            if (ts.isIdentifier(callee.expression) && callee.expression.text === 'Object' && !scope.find('Object')) {
                return this.ofObject(callee, node, scope);
            }
            const { special, object, name } = this.parts(callee, scope);
            if (!special) {
                if (this.isSchema(object) && METHODS.has(name) && typeof object[name] === 'function') {
                    return this.zodCall(() => object[name](...this.array(node.arguments, scope)), node, scope);
                }
                if (isPrimitive(object) || !this.isPlain(object) || !own(object, name)) {
                    throw this.running(node, scope);
                }
                return this.apply(object[name], node, scope);
            }
            if ('zod' in special) {
                const made = this.ofZod(special, name, node, scope);
                return this.zodCall(() => made(...this.array(node.arguments, scope)), node, scope);
            }
        }
        return this.apply(this.evaluate(callee, scope), node, scope);
    }

    apply(called, node, scope) {
        const args = this.array(node.arguments, scope);
        if (typeof called === 'function' && this.builders.has(called)) {
            return this.zodCall(() => called(...args), node, scope);
        }
        const known = typeof called === 'function' ? this.functions.get(called) : undefined;
        if (known === undefined) {
            throw this.running(node, scope);
        }
        return this.applied(known, args);
    }

    zodCall(call, node, scope) {
        let result;
        try {
            result = call();
        } catch (error) {
            throw error instanceof Unread ? error : new Unread(`zod rejects this: ${String(error?.message).slice(0, 100)}`, node, scope.file);
        }
        if (this.called) {
            throw this.called;
        }
        return result;
    }

    ofObject(callee, node, scope) {
        const name = callee.name?.text;
        const [value, ...rest] = this.array(node.arguments, scope);
        const isData = !isPrimitive(value) && (this.isPlain(value) || Array.isArray(value));
        if (!['keys', 'values', 'freeze'].includes(name) || !isData || rest.length > 0) {
            throw this.running(node, scope);
        }
        return name === 'freeze' ? value : Object[name](value);
    }

    made(node, scope) {
        const { ts } = this;
        const args = this.array(node.arguments ?? [], scope);
        const isDate = ts.isIdentifier(node.expression) && node.expression.text === 'Date' && !scope.find('Date');
        if (!isDate || args.length === 0 || !args.every((each) => typeof each === 'number' || typeof each === 'string')) {
            throw this.running(node, scope);
        }
        return new Date(...args);
    }

    // Functions: those that only return a value are interpreted at the call; the results of others are unknown

    functionOf(node, scope) {
        const interpreted = (...args) => {
            try {
                return this.applied(this.functions.get(interpreted), args);
            } catch (error) {
                this.called ??= error; // zod called it and may continue
                throw error;
            }
        };
        this.functions.set(interpreted, { node, scope });
        return interpreted;
    }

    applied({ node, scope }, args) {
        const { ts } = this;
        const inner = new Scope(scope, scope.file);
        const isSimple = (node.parameters ?? []).every((each) => ts.isIdentifier(each.name) && !each.dotDotDotToken && !each.initializer);
        const isAsync = (ts.getModifiers(node) ?? []).some((one) => one.kind === ts.SyntaxKind.AsyncKeyword);
        if (!isSimple || isAsync || node.asteriskToken) {
            throw this.running(node, scope);
        }
        (node.parameters ?? []).forEach((each, index) => inner.names.set(each.name.text, { value: args[index] }));
        if (!ts.isBlock(node.body)) {
            return this.evaluate(node.body, inner);
        }
        for (const each of node.body.statements) {
            if (ts.isReturnStatement(each)) {
                return each.expression ? this.evaluate(each.expression, inner) : undefined;
            }
            if (!ts.isVariableStatement(each)) {
                throw this.running(each, scope);
            }
            for (const one of each.declarationList.declarations) {
                if (!ts.isIdentifier(one.name) || !one.initializer) {
                    throw this.running(one, scope);
                }
                inner.names.set(one.name.text, { value: this.evaluate(one.initializer, inner) });
            }
        }
        return undefined;
    }
}
