// The exports of a script that uses createSync, createAction, createOnEvent or createFunction.

const CREATES = ['createAction', 'createSync', 'createOnEvent', 'createFunction'];

export class Exports {
    /** `report(node, code, message, hint)` receives the findings. */
    constructor(ts, source, report) {
        this.ts = ts;
        this.source = source;
        this.report = report;
    }

    check() {
        const { ts } = this;
        for (const each of this.source.statements) {
            if (ts.isExportAssignment(each) && !each.isExportEquals) {
                this.defaultExport(each);
            } else if (ts.isExportDeclaration(each) && !each.moduleSpecifier && !each.isTypeOnly && each.exportClause && ts.isNamedExports(each.exportClause)) {
                for (const one of each.exportClause.elements) {
                    if (!one.isTypeOnly && one.name.text !== 'default') {
                        this.namedExport(one.name, one.name.text);
                    }
                }
            } else if (this.isExported(each)) {
                this.declared(each);
            }
        }
    }

    isExported(node) {
        const { ts } = this;
        const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) ?? [] : [];
        return modifiers.some((one) => one.kind === ts.SyntaxKind.ExportKeyword);
    }

    declared(node) {
        const { ts } = this;
        const modifiers = ts.getModifiers(node) ?? [];
        if (modifiers.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword)) {
            return this.badExport(node.name ?? node);
        }
        if (ts.isFunctionDeclaration(node) && node.name) {
            this.namedExport(node.name, node.name.text);
        } else if (ts.isVariableStatement(node)) {
            for (const one of node.declarationList.declarations) {
                if (ts.isIdentifier(one.name)) {
                    this.namedExport(one.name, one.name.text);
                }
            }
        }
    }

    namedExport(node, name) {
        if (!CREATES.includes(name)) {
            const message = `Named export '${name}' is not allowed. Only export default and createAction, createSync, createOnEvent, createFunction are permitted.`;
            this.report(node, 'named-export', message, 'Remove export, or move it to a module.');
        }
    }

    defaultExport(node) {
        const call = this.creating(node.expression);
        if (!call) {
            return this.badExport(node.expression);
        }
        if (!call.arguments[0] || !this.ts.isObjectLiteralExpression(call.arguments[0])) {
            this.report(call.expression, 'bad-export', 'Invalid function parameter, should be an object.', 'Pass an object literal.');
        }
    }

    badExport(node) {
        const message = 'Invalid default export: should be createAction(), createSync() or createOnEvent().';
        this.report(node, 'bad-export', message, 'export default createSync({ … });');
    }

    /** The call of createSync and the like in an expression or in the constant that it names, or null. */
    creating(expression) {
        const { ts } = this;
        let call = expression;
        if (ts.isIdentifier(call)) {
            const name = call.text;
            const all = this.source.statements.filter(ts.isVariableStatement).flatMap((each) => each.declarationList.declarations);
            call = all.find((each) => ts.isIdentifier(each.name) && each.name.text === name)?.initializer;
        }
        const ok = call && ts.isCallExpression(call) && ts.isIdentifier(call.expression) && CREATES.includes(call.expression.text);
        return ok ? call : null;
    }

    /** The properties of the argument of createSync and the like: name → node. */
    properties() {
        const { ts } = this;
        const exported = this.source.statements.find((each) => ts.isExportAssignment(each) && !each.isExportEquals);
        const object = exported ? this.creating(exported.expression)?.arguments[0] : null;
        if (!object || !ts.isObjectLiteralExpression(object)) {
            return {};
        }
        return Object.fromEntries(object.properties.filter((each) => each.name && ts.isIdentifier(each.name)).map((each) => [each.name.text, each.name]));
    }
}
