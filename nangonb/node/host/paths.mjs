// Files of a folder that is in memory: which one an import means, and where something stands in a text.

import path from 'node:path';

const SUFFIXES = ['', '.ts', '.js', '.mts', '/index.ts'];

/** Which of `files` a relative import means, or null; `asked` is its path in any case. */
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
