// What a script exports that declares itself with createSync and the like.

const CREATES = ['createAction', 'createSync', 'createOnEvent', 'createFunction'];

export class Exports {
    /** `say(node, code, message, hint)` takes what is found. */
    constructor(ts, source, say) {
        this.ts = ts;
        this.source = source;
        this.say = say;
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
            this.say(node, 'named-export', message, 'Leave out export, or move it into a module.');
        }
    }

    defaultExport(node) {
        const call = this.creating(node.expression);
        if (!call) {
            return this.badExport(node.expression);
        }
        if (!call.arguments[0] || !this.ts.isObjectLiteralExpression(call.arguments[0])) {
            this.say(call.expression, 'bad-export', 'Invalid function parameter, should be an object.', 'Write the object itself between the parentheses.');
        }
    }

    badExport(node) {
        const message = 'Invalid default export: should be createAction(), createSync() or createOnEvent().';
        this.say(node, 'bad-export', message, 'export default createSync({ … });');
    }

    /** The call of createSync and the like that an expression is, by itself or as a constant of the file. */
    creating(expression) {
        const { ts } = this;
        let found = expression;
        if (ts.isIdentifier(found)) {
            const name = found.text;
            const all = this.source.statements.filter(ts.isVariableStatement).flatMap((each) => each.declarationList.declarations);
            found = all.find((each) => ts.isIdentifier(each.name) && each.name.text === name)?.initializer;
        }
        const ok = found && ts.isCallExpression(found) && ts.isIdentifier(found.expression) && CREATES.includes(found.expression.text);
        return ok ? found : null;
    }

    /** Where a script that declares itself says what: property → its node. */
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
