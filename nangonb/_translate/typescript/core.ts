// Operations of Python that JavaScript does not have. Each function names the functions that it uses.

// truthy: Python's truth: empty lists, dicts and sets are false
function truthy(value: any): boolean {
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Set) return value.size > 0;
    if (typeof value === 'object') return Object.keys(value).length > 0;
    return Boolean(value);
}

// orElse: Python's or: the first value where it is true
function orElse(value: any, other: any): any {
    return truthy(value) ? value : other;
}

// orElseDo: Python's or, where the second value is evaluated only when it is needed
function orElseDo(value: any, other: () => any): any {
    return truthy(value) ? value : other();
}

// pythonError: an error with the name of Python's error, for handlers
function pythonError(name: string, message: any): Error {
    const error = new Error(String(message));
    error.name = name;
    return error;
}

// limitError: an error where JavaScript cannot do what Python does; handlers of the script do not catch it
function limitError(message: string): Error {
    return pythonError('LimitError', message);
}

// isHttpError: whether a request failed
function isHttpError(error: any): boolean {
    return error?.isAxiosError === true || error?.response !== undefined;
}

// isObject: whether a value from outside is a dict
function isObject(value: any): boolean {
    return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

// isDict: isinstance(value, dict)
function isDict(value: any): boolean {
    return isObject(value) && !(value instanceof Set);
}

// payloadOf: the payload of nango.ActionError from its first argument
function payloadOf(value: any): Record<string, any> {
    if (isDict(value)) {
        return value;
    }
    return value === null || value === undefined ? {} : { message: value };
}

// keyOf: keys of a dict are text; JavaScript would convert any other
function keyOf(key: any): string {
    if (typeof key !== 'string') throw limitError('Keys of a dict must be text on Nango. Use str(key).');
    if (key === '__proto__') throw limitError('The key __proto__ means something else in JavaScript.');
    return key;
}

// hasOwn: whether an object has a key of its own
function hasOwn(value: any, key: any): boolean {
    return Object.prototype.hasOwnProperty.call(value, key);
}

// itemOf: a key of a dict; throws where it is absent, as Python does
function itemOf(dict: any, key: any): any {
    if (Array.isArray(dict) || typeof dict === 'string') return elementAt(dict, key);
    if (!isObject(dict)) throw pythonError('TypeError', 'the value is not a dict');
    if (typeof key !== 'string' || !hasOwn(dict, key)) throw pythonError('KeyError', `'${key}'`);
    return dict[key];
}

// elementAt: an element of a list or text, from its end where the index is negative; throws where there is none
function elementAt(list: any, index: any): any {
    if (isObject(list)) return itemOf(list, index);
    if (typeof index === 'boolean') index = Number(index);
    if (!Number.isInteger(index)) throw pythonError('TypeError', 'indices must be integers');
    if (typeof list !== 'string' && !Array.isArray(list)) throw pythonError('TypeError', 'the value is not a list');
    const items = typeof list === 'string' ? [...list] : list;
    const place = index < 0 ? items.length + index : index;
    if (place < 0 || place >= items.length) throw pythonError('IndexError', 'list index out of range');
    return items[place];
}

// setAt: replaces an element of a list
function setAt(list: any[], index: number, value: any): void {
    const place = index < 0 ? list.length + index : index;
    if (place < 0 || place >= list.length) {
        throw pythonError('IndexError', 'list assignment index out of range');
    }
    list[place] = value;
}

// setItem: sets an element of a list or a key of a dict
function setItem(container: any, key: any, value: any): void {
    if (Array.isArray(container)) setAt(container, key, value);
    else container[keyOf(key)] = value;
}

// getOr: a key of a dict, or the default where it is absent
function getOr(dict: any, key: any, fallback: any = null): any {
    if (key !== null && typeof key === 'object') throw pythonError('TypeError', 'unhashable type');
    return typeof key === 'string' && hasOwn(dict, key) ? dict[key] : fallback;
}

// takeKey: removes a key of a dict and returns its value
function takeKey(dict: any, key: string, ...fallback: any[]): any {
    if (!hasOwn(dict, key)) {
        if (fallback.length > 0) return fallback[0];
        throw pythonError('KeyError', `'${key}'`);
    }
    const value = dict[key];
    delete dict[key];
    return value;
}

// dictOf: a copy of a dict from outside
function dictOf(value: any): any {
    if (Array.isArray(value)) throw limitError('A dict of a list of pairs from outside is not supported.');
    return { ...dictOnly(value) };
}

// updateDict: adds the keys of another dict
function updateDict(dict: any, other: any): void {
    const more = dictOf(other);
    for (const key of Object.keys(more)) dict[keyOf(key)] = more[key];
}

// setDefault: a key of a dict, which gets the default where it is absent
function setDefault(dict: any, key: any, fallback: any): any {
    if (!hasOwn(dict, keyOf(key))) dict[key] = fallback;
    return dict[key];
}

// isIndex: whether JavaScript moves a key to the front, as one that looks like a whole number
function isIndex(key: string): boolean {
    return /^(0|[1-9][0-9]{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
}

// keysOf: keys of a dict in their order, where JavaScript has kept it
function keysOf(dict: any): string[] {
    const names = Object.keys(dict);
    if (names.length > 1 && names.some(isIndex)) {
        throw limitError('The order of keys that look like whole numbers is lost in JavaScript.');
    }
    return names;
}

// valuesOf: values of a dict in the order of its keys
function valuesOf(dict: any): any[] {
    return keysOf(dict).map((key) => dict[key]);
}

// entriesOf: keys and values of a dict in their order
function entriesOf(dict: any): [string, any][] {
    return keysOf(dict).map((key) => [key, dict[key]]);
}

// isIn: Python's `in` for a container of unknown type
function isIn(value: any, container: any): boolean {
    if (typeof container === 'string') {
        if (typeof value !== 'string') throw pythonError('TypeError', 'only text is in text');
        return container.includes(value);
    }
    if (Array.isArray(container)) return container.some((each) => equals(each, value));
    if (!isObject(container)) throw pythonError('TypeError', 'nothing is in this');
    return typeof value === 'string' && hasOwn(container, value);
}

// equals: Python's ==, by value; True equals 1
function equals(a: any, b: any): boolean {
    if (typeof a === 'boolean') a = Number(a);
    if (typeof b === 'boolean') b = Number(b);
    if (a === b) return true;
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
        return (a ?? null) === (b ?? null);
    }
    if (a instanceof Date || b instanceof Date) return sameTime(a, b);
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const names = Object.keys(a);
    return (
        names.length === Object.keys(b).length &&
        names.every((name) => hasOwn(b, name) && equals(a[name], b[name]))
    );
}

// sameTime: Python's == of datetimes, to the microsecond; one with a time zone equals none without
function sameTime(a: any, b: any): boolean {
    if (!(a instanceof Date && b instanceof Date) || a.getTime() !== b.getTime()) return false;
    const [left, right]: any[] = [a, b];
    return left.us === right.us && (left.offset === null) === (right.offset === null);
}

// compare: Python's order: numbers by size, text by code points, lists by their elements
function compare(a: any, b: any): number {
    if (typeof a === 'string' && typeof b === 'string') {
        const left = [...a];
        const right = [...b];
        for (let i = 0; i < Math.min(left.length, right.length); i++) {
            const order = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
            if (order !== 0) return order;
        }
        return left.length - right.length;
    }
    if (Array.isArray(a) && Array.isArray(b)) {
        for (let i = 0; i < Math.min(a.length, b.length); i++) {
            if (!equals(a[i], b[i])) return compare(a[i], b[i]);
        }
        return a.length - b.length;
    }
    if (a instanceof Date && b instanceof Date) {
        return a.getTime() - b.getTime() || (a as any).us - (b as any).us;
    }
    if (typeof a === 'boolean') a = Number(a);
    if (typeof b === 'boolean') b = Number(b);
    if (typeof a !== 'number' || typeof b !== 'number') {
        throw pythonError('TypeError', 'these values have no order');
    }
    return a < b ? -1 : a > b ? 1 : 0;
}

// sorted: a sorted copy; equal elements keep their order, also in reverse
function sorted<T = any>(items: T[], key: (value: T) => any = (value) => value, reverse = false): T[] {
    const sign = reverse ? -1 : 1;
    return [...items]
        .map((value) => ({ value, by: key(value) }))
        .sort((a, b) => sign * compare(a.by, b.by))
        .map((each) => each.value);
}

// sortInPlace: sorts a list itself
function sortInPlace<T = any>(items: T[], key: (value: T) => any = (value) => value, reverse = false): void {
    const ordered = sorted(items, key, reverse);
    for (let i = 0; i < ordered.length; i++) items[i] = ordered[i]!;
}

// minOf: the smallest element, the first of equals
function minOf<T = any, D = never>(
    items: T[],
    key: (value: T) => any = (value) => value,
    ...fallback: D[]
): T | D {
    if (items.length === 0 && fallback.length > 0) return fallback[0]!;
    if (items.length === 0) throw pythonError('ValueError', 'min() of an empty list');
    const keys = items.map(key);
    return items[keys.reduce((best, each, place) => (compare(each, keys[best]) < 0 ? place : best), 0)]!;
}

// maxOf: the largest element, the first of equals
function maxOf<T = any, D = never>(
    items: T[],
    key: (value: T) => any = (value) => value,
    ...fallback: D[]
): T | D {
    if (items.length === 0 && fallback.length > 0) return fallback[0]!;
    if (items.length === 0) throw pythonError('ValueError', 'max() of an empty list');
    const keys = items.map(key);
    return items[keys.reduce((best, each, place) => (compare(each, keys[best]) > 0 ? place : best), 0)]!;
}

// lengthOf: length in Python's sense: text by code points
function lengthOf(value: any): number {
    if (typeof value === 'string') return [...value].length;
    if (Array.isArray(value)) return value.length;
    if (value === null || typeof value !== 'object') throw pythonError('TypeError', 'this has no length');
    return value instanceof Set ? value.size : Object.keys(value).length;
}

// sliceOf: a part of a list or a text, by code points
function sliceOf<T>(value: T, start?: number | null, end?: number | null): T extends string ? string : T;
function sliceOf(value: any, start?: number | null, end?: number | null): any {
    const [from, to] = [start ?? undefined, end ?? undefined];
    if (typeof value === 'string') return [...value].slice(from, to).join('');
    if (!Array.isArray(value)) throw pythonError('TypeError', 'this has no parts');
    return value.slice(from, to);
}

// everyNth: a part of a list or a text with a step, by code points
function everyNth<T>(
    value: T,
    step: number,
    start?: number | null,
    end?: number | null
): T extends string ? string : T;
function everyNth(value: any, step: number, start: number | null = null, end: number | null = null): any {
    if (typeof value === 'string') {
        return everyNth([...value], step, start, end).join('');
    }
    if (!Array.isArray(value)) {
        throw pythonError('TypeError', 'this has no parts');
    }
    const [low, high] = step > 0 ? [0, value.length] : [-1, value.length - 1];
    const place = (at: number): number => Math.min(Math.max(at < 0 ? at + value.length : at, low), high);
    const first = start === null ? (step > 0 ? low : high) : place(start);
    const last = end === null ? (step > 0 ? high : low) : place(end);
    const found: any[] = [];
    for (let at = first; step > 0 ? at < last : at > last; at += step) {
        found.push(value[at]);
    }
    return found;
}

// backwards: a list or a text from its end to its start
function backwards(value: any): any {
    return typeof value === 'string' ? [...value].reverse().join('') : [...value].reverse();
}

// itemsOf: the elements of an iteration: elements, characters, or keys
function itemsOf(value: any): any[] {
    if (typeof value === 'string') return [...value];
    if (isDict(value)) return keysOf(value);
    return listOnly(value);
}

// partsOf: a list for unpacking into a number of names
function partsOf(value: any, count: number): any {
    const parts = itemsOf(value);
    if (parts.length !== count) {
        throw pythonError('ValueError', 'the number of values to unpack does not fit');
    }
    return parts;
}

// dictOnly: requires a dict; JavaScript would accept anything
function dictOnly(value: any): any {
    if (!isDict(value)) throw pythonError('TypeError', 'the value is not a dict');
    return value;
}

// listOnly: requires a list; JavaScript would accept text, too
function listOnly(value: any): any[] {
    if (!Array.isArray(value)) throw pythonError('TypeError', 'the value is not a list');
    return value;
}

// repeated: a list a number of times
function repeated<T = any>(items: T[], times: number): T[] {
    const length = items.length * Math.max(0, times);
    return Array.from({ length }, (_, place) => items[place % items.length]!);
}

// rangeOf: whole numbers from start to stop
function rangeOf(start: number, stop?: number, step = 1): number[] {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    if (step === 0) throw pythonError('ValueError', 'range() arg 3 must not be zero');
    const found: number[] = [];
    for (let i = from; step > 0 ? i < to : i > to; i += step) found.push(i);
    return found;
}

// plusInPlace: Python's += for an unknown type; a list is changed in place
function plusInPlace(value: any, more: any): any {
    if (!Array.isArray(value)) return plus(value, more);
    for (const each of [...itemsOf(more)]) value.push(each);
    return value;
}

// enumerated: pairs of place and element
function enumerated<T = any>(items: T[], start = 0): [number, T][] {
    return [...items].map((value, index) => [index + start, value]);
}

// zipped: pairs of elements, as many as the shorter list has
function zipped<A = any, B = any>(a: A[], b: B[]): [A, B][] {
    return a.slice(0, b.length).map((value, index) => [value, b[index]!]);
}

// zippedAll: elements at the same place of more than two lists
function zippedAll(...lists: any[][]): any[] {
    const length = Math.min(...lists.map((list) => list.length));
    return Array.from({ length }, (_, at) => lists.map((list) => list[at]));
}

// firstOf: the result for the first element that passes a test, or the default; stops there
function firstOf<T = any, R = any, D = never>(
    items: T[],
    test: (each: T) => any,
    make: (each: T) => R,
    ...other: D[]
): R | D {
    for (const each of items) {
        if (test(each)) {
            return make(each);
        }
    }
    if (other.length === 0) {
        throw pythonError('StopIteration', '');
    }
    return other[0]!;
}

// popAt: removes an element of a list and returns it
function popAt<T = any>(list: T[], index = -1): T {
    const place = index < 0 ? list.length + index : index;
    if (place < 0 || place >= list.length) throw pythonError('IndexError', 'pop index out of range');
    return list.splice(place, 1)[0]!;
}

// removeItem: removes the first element that equals a value
function removeItem(list: any[], value: any): void {
    list.splice(indexOfItem(list, value), 1);
}

// indexOfItem: the place of the first element that equals a value; throws where there is none
function indexOfItem(list: any[], value: any): number {
    const place = list.findIndex((each) => equals(each, value));
    if (place < 0) throw pythonError('ValueError', 'the value is not in the list');
    return place;
}

// countItems: how many elements equal a value
function countItems(list: any[], value: any): number {
    return list.filter((each) => equals(each, value)).length;
}

// setOf: a set; True would be 1 in Python
function setOf(items: Iterable<any>): Set<any> {
    return new Set([...items].map(memberOf));
}

// memberOf: an element of a set
function memberOf(value: any): any {
    if (typeof value === 'boolean') throw limitError('A set with True or False differs on Nango.');
    if (value !== null && typeof value === 'object') throw pythonError('TypeError', 'unhashable type');
    return value;
}

// addAll: adds all elements to a set
function addAll<T>(set: Set<T>, items: Iterable<T>): void {
    for (const each of items) set.add(memberOf(each) as T);
}

// countsOf: Python's Counter()
function countsOf(items: any[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const item of items) {
        counts[keyOf(item)] = getOr(counts, item, 0) + 1;
    }
    return counts;
}

// mostCommon: keys and counts of a Counter, the largest first
function mostCommon(counts: Record<string, number>, most?: number): [string, number][] {
    return entriesOf(counts)
        .sort((a, b) => b[1] - a[1])
        .slice(0, most === undefined ? undefined : Math.max(0, most));
}

// logText: messages of a log line as one text
function logText(...messages: any[]): string {
    const inOrder = (_: string, value: any): any => {
        if (isDict(value)) keysOf(value);
        return value;
    };
    return messages.map((each) => (typeof each === 'string' ? each : JSON.stringify(each, inOrder))).join(' ');
}
