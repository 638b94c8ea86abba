// The place of a SyntaxError of V8 in a module. V8 reports places only for scripts: convert the text to a script with
// all code in the same place.

import vm from 'node:vm';

const IMPORT = /^[ \t]*import\b(?!\s*[(.])[^;'"]*(['"])[^'"\n]*\1[^\n;]*;?/gm;
const EXPORT_LIST = /^[ \t]*export\s*(?:\*[^;'"]*|\{[^}]*\}\s*(?:from\s*)?)(?:(['"])[^'"\n]*\1)?[^\n;]*;?/gm;
const EXPORT_DEFAULT = /^([ \t]*)export(\s+)default\b(?!\s+(?:async\s+function|function|class)\b\s*\*?\s*[\w$])/gm;
const EXPORT = /^([ \t]*)export\s+(?:default\b)?/gm;

/** {line, column} from 1 of this error in `text`, or null. */
export function placeOf(error, text) {
    try {
        new vm.Script(asScript(text), { filename: 'module' });
    } catch (other) {
        const [first, , third] = String(other.stack).split('\n');
        const at = /^module:(\d+)$/.exec(first);
        if (at && other.message === error.message) {
            return { line: Number(at[1]), column: third?.includes('^') ? third.indexOf('^') + 1 : null };
        }
    }
    return null;
}

function asScript(text) {
    const blank = (match) => match.replace(/[^\n]/g, ' ');
    return text
        .replace(IMPORT, blank)
        .replace(EXPORT_LIST, blank)
        .replace(EXPORT_DEFAULT, (match, before, between) => `${before}0,    ${between}       `)
        .replace(EXPORT, blank);
}
