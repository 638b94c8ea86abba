// What Python does and JavaScript does not. Each function stands alone or names what it uses.

// truthy: Python's truth: empty lists, dicts and sets are false
function truthy(value: any): boolean {
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Set) return value.size > 0;
    if (typeof value === 'object') return Object.keys(value).length > 0;
    return Boolean(value);
}

// pythonError: an error that carries the name of Python's, for handlers
function pythonError(name: string, message: any): Error {
    const error = new Error(String(message));
    error.name = name;
    return error;
}

// isHttpError: whether a request failed
function isHttpError(error: any): boolean {
    return error?.isAxiosError === true || error?.response !== undefined;
}

// item: a key of a dict; throws where it is absent, as Python does
function item(dict: any, key: any): any {
    if (Array.isArray(dict)) return at(dict, key);
    if (dict === null || typeof dict !== 'object') throw pythonError('TypeError', 'this is no dict');
    if (!Object.hasOwn(dict, key)) throw pythonError('KeyError', `'${key}'`);
    return dict[key];
}

// at: an element of a list, from its end where the index is negative; throws where there is none
function at(list: any, index: any): any {
    if (typeof index === 'string') return item(list, index);
    const items = typeof list === 'string' ? [...list] : list;
    const place = index < 0 ? items.length + index : index;
    if (place < 0 || place >= items.length) throw pythonError('IndexError', 'list index out of range');
    return items[place];
}

// setAt: replaces an element of a list
function setAt(list: any[], index: number, value: any): void {
    const place = index < 0 ? list.length + index : index;
    if (place < 0 || place >= list.length) throw pythonError('IndexError', 'list assignment index out of range');
    list[place] = value;
}

// get: a key of a dict, or the default where it is absent
function get(dict: any, key: string, fallback: any = null): any {
    return Object.hasOwn(dict, key) ? dict[key] : fallback;
}

// take: removes a key of a dict and returns its value
function take(dict: any, key: string, ...fallback: any[]): any {
    if (!Object.hasOwn(dict, key)) {
        if (fallback.length > 0) return fallback[0];
        throw pythonError('KeyError', `'${key}'`);
    }
    const value = dict[key];
    delete dict[key];
    return value;
}

// setDefault: a key of a dict, which gets the default where it is absent
function setDefault(dict: any, key: string, fallback: any): any {
    if (!Object.hasOwn(dict, key)) dict[key] = fallback;
    return dict[key];
}

// keys: keys of a dict in their order; JavaScript moves keys that look like whole numbers to the front
function keys(dict: any): string[] {
    const names = Object.keys(dict);
    if (names.length > 1 && names.some((name) => /^(0|[1-9][0-9]*)$/.test(name))) {
        throw new Error('The order of keys that look like whole numbers is lost in JavaScript.');
    }
    return names;
}

// values: values of a dict in the order of its keys
function values(dict: any): any[] {
    return keys(dict).map((key) => dict[key]);
}

// entries: keys and values of a dict in their order
function entries(dict: any): [string, any][] {
    return keys(dict).map((key) => [key, dict[key]]);
}

// contains: Python's `in` where the kind of container is not known
function contains(container: any, value: any): boolean {
    if (typeof container === 'string') return container.includes(value);
    if (Array.isArray(container)) return container.some((each) => equals(each, value));
    return Object.hasOwn(container, value);
}

// equals: Python's ==, by value; True equals 1
function equals(a: any, b: any): boolean {
    if (typeof a === 'boolean') a = Number(a);
    if (typeof b === 'boolean') b = Number(b);
    if (a === b) return true;
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return (a ?? null) === (b ?? null);
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && equals(a[name], b[name]));
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
            const order = compare(a[i], b[i]);
            if (order !== 0) return order;
        }
        return a.length - b.length;
    }
    if (typeof a === 'boolean') a = Number(a);
    if (typeof b === 'boolean') b = Number(b);
    if (typeof a !== 'number' || typeof b !== 'number') throw pythonError('TypeError', 'these values have no order');
    return a < b ? -1 : a > b ? 1 : 0;
}

// sorted: a sorted copy; equal elements keep their order, also in reverse
function sorted<T>(items: Iterable<T>, key: (value: T) => any = (value) => value, reverse = false): T[] {
    const sign = reverse ? -1 : 1;
    return [...items]
        .map((value) => ({ value, by: key(value) }))
        .sort((a, b) => sign * compare(a.by, b.by))
        .map((each) => each.value);
}

// sortInPlace: sorts a list itself
function sortInPlace<T>(items: T[], key: (value: T) => any = (value) => value, reverse = false): void {
    items.splice(0, items.length, ...sorted(items, key, reverse));
}

// minOf: the smallest element, the first of equals
function minOf<T, D = never>(items: T[], key: (value: T) => any = (value) => value, ...fallback: D[]): T | D {
    if (items.length === 0 && fallback.length > 0) return fallback[0]!;
    if (items.length === 0) throw pythonError('ValueError', 'min() of an empty list');
    return items.reduce((best, each) => (compare(key(each), key(best)) < 0 ? each : best));
}

// maxOf: the largest element, the first of equals
function maxOf<T, D = never>(items: T[], key: (value: T) => any = (value) => value, ...fallback: D[]): T | D {
    if (items.length === 0 && fallback.length > 0) return fallback[0]!;
    if (items.length === 0) throw pythonError('ValueError', 'max() of an empty list');
    return items.reduce((best, each) => (compare(key(each), key(best)) > 0 ? each : best));
}

// sum: the sum of numbers; throws where digits would be lost
function sum(numbers: any[]): number {
    return numbers.reduce((total, each) => safe(total + Number(each)), 0);
}

// safe: a whole number past 2^53 would lose digits in silence
function safe(value: number): number {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new RangeError('This number passes 2^53, where digits are lost.');
    return value;
}

// divide: division that raises for zero
function divide(a: number, b: number): number {
    if (b === 0) throw pythonError('ZeroDivisionError', 'division by zero');
    return a / b;
}

// floorDivide: Python's //, which rounds down
function floorDivide(a: number, b: number): number {
    return Math.floor(divide(a, b));
}

// modulo: Python's %, which has the sign of the divisor
function modulo(a: number, b: number): number {
    if (b === 0) throw pythonError('ZeroDivisionError', 'modulo by zero');
    return a - b * Math.floor(a / b);
}

// str: Python's str()
function str(value: any): string {
    if (value === null || value === undefined) return 'None';
    if (value === true) return 'True';
    if (value === false) return 'False';
    if (typeof value === 'number' && !Number.isInteger(value)) {
        return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
    }
    if (typeof value === 'object') throw pythonError('TypeError', 'lists and dicts show differently');
    return String(value);
}

// int: Python's int() of text or a number
function int(value: any): number {
    if (typeof value === 'boolean') return Number(value);
    if (typeof value === 'number') return safe(Math.trunc(value));
    if (typeof value !== 'string') throw pythonError('TypeError', 'int() takes text or a number');
    if (!/^\s*[+-]?[0-9]+(_[0-9]+)*\s*$/.test(value)) throw pythonError('ValueError', `invalid literal for int() with base 10: '${value}'`);
    return safe(Number(value.trim().replaceAll('_', '')));
}

// float: Python's float() of text or a number
function float(value: any): number {
    if (typeof value === 'boolean' || typeof value === 'number') return Number(value);
    if (typeof value !== 'string') throw pythonError('TypeError', 'float() takes text or a number');
    if (!/^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$/.test(value)) {
        throw pythonError('ValueError', `could not convert string to float: '${value}'`);
    }
    return Number(value);
}

// isInt: isinstance(value, int): True and False are, too
function isInt(value: any): boolean {
    return typeof value === 'boolean' || Number.isInteger(value);
}

// isDict: isinstance(value, dict)
function isDict(value: any): boolean {
    return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Set);
}

// len: length in Python's sense: text by code points
function len(value: any): number {
    if (typeof value === 'string') return [...value].length;
    if (Array.isArray(value)) return value.length;
    return value instanceof Set ? value.size : Object.keys(value).length;
}

// slice: a part of a list or a text, by code points
function slice(value: any, start: number, end?: number): any {
    return typeof value === 'string' ? [...value].slice(start, end).join('') : value.slice(start, end);
}

// range: whole numbers from start to stop
function range(start: number, stop?: number, step = 1): number[] {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const found: number[] = [];
    for (let i = from; step > 0 ? i < to : i > to; i += step) found.push(i);
    return found;
}

// enumerate: pairs of place and element
function enumerate<T>(items: T[], start = 0): [number, T][] {
    return items.map((value, index) => [index + start, value]);
}

// zip: pairs of elements, as many as the shorter list has
function zip<A, B>(a: A[], b: B[]): [A, B][] {
    return a.slice(0, b.length).map((value, index) => [value, b[index]!]);
}

// first: the first element, or the default
function first<T, D>(items: T[], fallback: D): T | D {
    return items.length > 0 ? items[0]! : fallback;
}

// pop: removes an element of a list and returns it
function pop<T>(list: T[], index = -1): T {
    const place = index < 0 ? list.length + index : index;
    if (place < 0 || place >= list.length) throw pythonError('IndexError', 'pop index out of range');
    return list.splice(place, 1)[0]!;
}

// addAll: adds all elements to a set
function addAll<T>(set: Set<T>, items: T[]): void {
    for (const each of items) set.add(each);
}

// logText: messages of a log line as one text
function logText(...messages: any[]): string {
    return messages.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' ');
}

// strip: text without white space (or these characters) at both ends
function strip(text: string, chars?: string): string {
    return rstrip(lstrip(text, chars), chars);
}

// lstrip: text without white space (or these characters) at its start
function lstrip(text: string, chars?: string): string {
    const points = [...text];
    let start = 0;
    while (start < points.length && isStripped(points[start]!, chars)) start++;
    return points.slice(start).join('');
}

// rstrip: text without white space (or these characters) at its end
function rstrip(text: string, chars?: string): string {
    const points = [...text];
    let end = points.length;
    while (end > 0 && isStripped(points[end - 1]!, chars)) end--;
    return points.slice(0, end).join('');
}

// isStripped: whether strip() takes a character away; Python's white space is not JavaScript's
function isStripped(point: string, chars?: string): boolean {
    if (chars !== undefined) return [...chars].includes(point);
    return /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(point);
}

// split: text at white space, or at a separator a number of times
function split(text: string, separator?: string, most?: number): string[] {
    if (separator === undefined) {
        return strip(text) === '' ? [] : strip(text).split(/[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/);
    }
    const parts = text.split(separator);
    if (most === undefined || most < 0 || parts.length <= most + 1) return parts;
    return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

// splitlines: the lines of a text
function splitlines(text: string): string[] {
    const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
    if (lines[lines.length - 1] === '') lines.pop();
    return lines;
}

// replace: all places, and not a pattern
function replace(text: string, old: string, by: string): string {
    return text.split(old).join(by);
}

// removePrefix: text without a beginning
function removePrefix(text: string, prefix: string): string {
    return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

// removeSuffix: text without an ending
function removeSuffix(text: string, suffix: string): string {
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

// zfill: text with zeros at its left
function zfill(text: string, width: number): string {
    const sign = /^[+-]/.test(text) ? text[0]! : '';
    return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

// capitalize: first character upper, all others lower
function capitalize(text: string): string {
    const [head = '', ...rest] = [...text];
    return head.toUpperCase() + lower(rest.join(''));
}

// lower: Python's lower()
function lower(text: string): string {
    return text.toLowerCase();
}

// count: how often a text stands in another
function count(text: string, part: string): number {
    return part === '' ? [...text].length + 1 : text.split(part).length - 1;
}

// find: where a text begins in another, by code points, or -1
function find(text: string, part: string): number {
    const place = text.indexOf(part);
    return place < 0 ? -1 : [...text.slice(0, place)].length;
}

// fromDate: a Date as Python's datetime
function fromDate(date: Date | null | undefined): any {
    return date ? { us: date.getTime() * 1000, offset: 0 } : null;
}
