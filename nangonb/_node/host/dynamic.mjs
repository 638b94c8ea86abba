// Detects import() in JavaScript: it returns an object of Node.js, and Nango scripts do not need it.

import { createRequire } from 'node:module';
import path from 'node:path';

const MAYBE = /\bimport\s*(?:[(.]|\/[/*])/; // a keyword cannot be escaped

/**
 * The first import() or import.meta of a text: {line, column, message}, from 1, or null. `packages` contain typescript,
 * which parses only texts with a possible match.
 */
export function dynamicImport(text, packages) {
    if (!MAYBE.test(text)) {
        return null;
    }
    const ts = compiler(packages);
    if (ts === null) {
        const before = text.slice(0, MAYBE.exec(text).index).split('\n');
        return { line: before.length, column: before.at(-1).length + 1, message: refused('import()') };
    }
    const source = ts.createSourceFile('script.js', text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
    const waiting = [source];
    while (waiting.length > 0) {
        const node = waiting.pop();
        const isCall = ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || ts.isMetaProperty(node.expression));
        if (isCall || (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)) {
            const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
            const named = isCall && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0]) ? `import('${node.arguments[0].text}')` : node.getText(source);
            return { line: line + 1, column: character + 1, message: refused(named.slice(0, 80)) };
        }
        ts.forEachChild(node, (child) => void waiting.push(child));
    }
    return null;
}

function refused(what) {
    return `${what} cannot be used in a script: import it at the top.`;
}

function compiler(packages) {
    for (const folder of packages) {
        try {
            return createRequire(path.join(folder, 'package.json'))('typescript');
        } catch (error) {
            if (error.code !== 'MODULE_NOT_FOUND') {
                throw error;
            }
        }
    }
    return null;
}
