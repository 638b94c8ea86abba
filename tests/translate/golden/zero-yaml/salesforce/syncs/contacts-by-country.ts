import { createSync } from 'nango';
import * as z from 'zod';
import { queryAll } from '../../paging.js';

const CountrySummary = z.object({
    id: z.string(),
    country: z.string(),
    contacts: z.number(),
    with_email: z.number(),
    share: z.string(),
    cities: z.array(z.string())
});
type CountrySummary = z.infer<typeof CountrySummary>;

const sync = createSync({
    description: '',
    endpoints: [{ method: 'GET', path: '/crm/countries' }],
    frequency: 'every week',
    autoStart: true,
    syncType: 'full',
    models: { CountrySummary },
    exec: async (nango) => {
        const contacts = await queryAll(nango, 'SELECT Id, Email, MailingCity, MailingCountry FROM Contact');
        const groups: Record<string, any[]> = {};
        for (const contact of contacts) {
            const country = orElse(contact.MailingCountry, 'Unknown');
            if (!isIn(country, groups)) {
                groups[keyOf(country)] = [];
            }
            groups[keyOf(country)]!.push(contact);
        }

        const summaries = sorted(Object.keys(groups)).map((country: string) =>
            summarise(country, groups[country]!, contacts.length)
        );
        await nango.batchSave(summaries, 'CountrySummary');

        const biggest = maxOf(summaries, (summary) => summary.contacts);
        await nango.log(`Most contacts are in ${biggest.country}: ${biggest.share}`);
    }
});
export default sync;

function summarise(country: string, contacts: any[], total: number): CountrySummary {
    const cities = sorted([
        ...setOf(
            contacts
                .filter((contact: any) => truthy(contact.MailingCity))
                .map((contact: any) => contact.MailingCity)
        )
    ]);
    return {
        id: replaceText(country.toLowerCase(), ' ', '-'),
        country,
        contacts: contacts.length,
        with_email: contacts.filter((contact: any) => contact.Email !== null).length,
        share: `${toDecimals((contacts.length / total) * 100, 1)}%`,
        cities
    };
}

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

// isObject: whether a value from outside is a dict
function isObject(value: any): boolean {
    return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
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

// numberOf: a number from outside; True counts as 1, text does not count
function numberOf(value: any): number {
    if (typeof value === 'boolean') return Number(value);
    if (typeof value !== 'number') throw pythonError('TypeError', 'the value is not a number');
    return value;
}

// toDecimals: a number with a fixed number of decimals; JavaScript rounds halves up, Python to even
function toDecimals(value: any, digits: number): string {
    const number = numberOf(value);
    if (!Number.isFinite(number)) throw limitError('NaN and infinity show differently on Nango.');
    const sign = number < 0 || Object.is(number, -0) ? '-' : '';
    const size = Math.abs(number);
    if (size >= 1e21) return sign + BigInt(size) + (digits > 0 ? '.' + '0'.repeat(digits) : '');
    const [whole = '', fraction = ''] = size.toFixed(100).split('.');
    const [kept, rest] = [whole + fraction.slice(0, digits), fraction.slice(digits)];
    const stays = /^50*$/.test(rest) && Number(kept.slice(-1)) % 2 === 0;
    const shown = digits > 0 ? `${whole}.${fraction.slice(0, digits)}` : whole;
    return sign + (stays ? shown : size.toFixed(digits));
}

// replaceText: replaces all places (or the first ones) of a text, not a pattern
function replaceText(text: string, old: string, by: string, most = -1): string {
    const parts = old === '' ? ['', ...text, ''] : text.split(old);
    const end = most < 0 ? parts.length : Math.min(most, parts.length);
    return (
        parts.slice(0, end).join(by) +
        (end < parts.length ? (end > 0 ? by : '') + parts.slice(end).join(old) : '')
    );
}
