// The globals that a script has on Nango, and no others.

import vm from 'node:vm';

const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table', 'time', 'timeEnd', 'group', 'groupEnd'];
const GLOBALS = { Buffer, setTimeout, Error, URL, URLSearchParams };
// A script gets at these: directly, or from what it is given.
const SHARED = [...Object.values(GLOBALS), Object, Array, Function, Promise, Map, Uint8Array, Headers].flatMap((each) =>
    each.prototype === undefined ? [each] : [each, each.prototype]
);
const { defineProperty, getOwnPropertyDescriptors } = Object;
const { deleteProperty, ownKeys } = Reflect;
const before = SHARED.map(getOwnPropertyDescriptors);

export function newContext() {
    const quiet = () => undefined;
    const globals = Object.assign(Object.create(null), {
        console: Object.fromEntries(METHODS.map((name) => [name, quiet])),
        ...GLOBALS
    });
    return vm.createContext(globals, { codeGeneration: { strings: false, wasm: false } });
}

/** What scripts changed of the objects that all of them share is undone, so that the next one starts as the first. */
export function restoreShared() {
    for (let index = 0; index < SHARED.length; index++) {
        const [shared, known] = [SHARED[index], before[index]];
        const now = getOwnPropertyDescriptors(shared);
        for (const key of ownKeys(now)) {
            if (!Object.hasOwn(known, key)) {
                deleteProperty(shared, key);
            }
        }
        for (const key of ownKeys(known)) {
            if (!isSame(known[key], now[key])) {
                defineProperty(shared, key, known[key]);
            }
        }
    }
}

function isSame(one, other) {
    return other !== undefined && Object.is(one.value, other.value) && one.get === other.get && one.set === other.set;
}
