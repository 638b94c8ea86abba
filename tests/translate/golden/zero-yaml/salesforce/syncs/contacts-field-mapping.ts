import { createSync } from 'nango';
import * as z from 'zod';

const MappedContact = z
    .object({
        id: z.string()
    })
    .catchall(z.string().nullable());

const DEFAULT_MAPPING = { email: 'Email', last_name: 'LastName' };

const sync = createSync({
    description: "Saves what the customer asked for in the connection's metadata, next to our own fields.",
    endpoints: [{ method: 'GET', path: '/crm/mapped-contacts' }],
    frequency: 'every day',
    autoStart: true,
    syncType: 'full',
    metadata: z.looseObject({}),
    models: { MappedContact },
    exec: async (nango) => {
        const metadata = (await nango.getMetadata<any>()) ?? {};
        const mapping = { ...DEFAULT_MAPPING, ...getOr(metadata, 'fieldMapping', {}) };
        const fields = ['Id', ...sorted(Object.values(mapping))];

        const query = `SELECT ${fields.join(',')} FROM Contact WHERE MailingCountry = 'Germany'`;
        const response = await nango.get({ endpoint: '/services/data/v53.0/query', params: { q: query } });

        const mapped = response.data.records.map((record: any) => mapRecord(record, mapping));
        await nango.batchSave(mapped, 'MappedContact');
        await nango.log(`Mapped ${Object.keys(mapping).length} fields of ${mapped.length} contacts`);
    }
});
export default sync;

function mapRecord(record: any, mapping: Record<string, string>): any {
    const result: any = { id: record.Id };
    for (const [ours, theirs] of entriesOf(mapping)) {
        result[keyOf(ours)] = getOr(record, theirs);
    }
    return result;
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

// getOr: a key of a dict, or the default where it is absent
function getOr(dict: any, key: any, fallback: any = null): any {
    if (key !== null && typeof key === 'object') throw pythonError('TypeError', 'unhashable type');
    return typeof key === 'string' && hasOwn(dict, key) ? dict[key] : fallback;
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

// entriesOf: keys and values of a dict in their order
function entriesOf(dict: any): [string, any][] {
    return keysOf(dict).map((key) => [key, dict[key]]);
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
