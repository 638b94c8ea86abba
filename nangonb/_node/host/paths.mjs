// Files of a folder in memory: resolution of imports, and lines of a text.

import path from 'node:path';

const SUFFIXES = ['', '.ts', '.js', '.mts', '/index.ts'];

/** The file of a relative import, or null; `asked` is the path in both cases. */
export function relativeFile(files, specifier, referrer) {
    const asked = path.posix.normalize(path.posix.join(path.posix.dirname(referrer), specifier));
    const bare = asked.replace(/\.(js|mjs|ts|mts)$/, '');
    for (const suffix of SUFFIXES) {
        for (const name of [asked + suffix, bare + suffix]) {
            if (Object.hasOwn(files, name)) {
                return { file: name, asked };
            }
        }
    }
    return { file: null, asked };
}

/** The first line of a text that matches, from 1; 1 where none does. */
export function lineOf(text, pattern) {
    return Math.max(text.split('\n').findIndex((line) => pattern.test(line)), 0) + 1;
}
