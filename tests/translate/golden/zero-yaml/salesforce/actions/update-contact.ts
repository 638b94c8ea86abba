import { createAction } from 'nango';
import * as z from 'zod';

const UpdateResult = z.object({
    id: z.string(),
    changed: z.array(z.string()),
    before: z.record(z.string(), z.any()),
    after: z.record(z.string(), z.any())
});
type UpdateResult = z.infer<typeof UpdateResult>;

const ContactUpdate = z.object({
    id: z.string(),
    title: z.string().optional(),
    department: z.string().optional()
});
type ContactUpdate = z.infer<typeof ContactUpdate>;

const FIELDS = { title: 'Title', department: 'Department' };

const action = createAction({
    description: '',
    endpoint: { method: 'PATCH', path: '/crm/contact' },
    input: ContactUpdate,
    output: UpdateResult,
    exec: async (nango, input): Promise<UpdateResult> => {
        const path = `/services/data/v53.0/sobjects/Contact/${input.id}`;
        const before = (await nango.get({ endpoint: path })).data;

        const changes: any = {};
        for (const [ours, theirs] of entriesOf(FIELDS)) {
            let value = getOr(input, ours);
            if (value === null) {
                continue;
            }
            value = stripText(value);
            if (value !== itemOf(before, theirs)) {
                changes[keyOf(theirs)] = value;
            }
        }
        if (!truthy(changes)) {
            return {
                id: input.id,
                changed: [],
                before: {},
                after: {}
            };
        }

        await nango.patch({ endpoint: path, data: changes });
        const after = (await nango.get({ endpoint: path })).data;
        await nango.log(`Changed ${keysOf(changes).join(' and ')} of ${textOf(before.Name)}`);
        return {
            id: input.id,
            changed: [...keysOf(changes)],
            before: Object.fromEntries(keysOf(changes).map((name: string) => [name, itemOf(before, name)])),
            after: Object.fromEntries(keysOf(changes).map((name: string) => [name, itemOf(after, name)]))
        };
    }
});
export default action;

// truthy: Python's truth: empty lists, dicts and sets are false
function truthy(value: any): boolean {
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Set) return value.size > 0;
    if (typeof value === 'object') return Object.keys(value).length > 0;
    return Boolean(value);
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

// safe: throws for a whole number past 2^53, which would lose digits silently
function safe(value: number): number {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isInteger(value)) {
        throw limitError('This number passes 2^53, where digits are lost.');
    }
    return value;
}

// textOf: Python's str()
function textOf(value: any): string {
    if (value === null || value === undefined) return 'None';
    if (value === true) return 'True';
    if (value === false) return 'False';
    if (typeof value === 'number') return numberText(value);
    if (typeof value !== 'string') {
        throw limitError('str() of lists, dicts and dates differs on Nango. Use json.dumps.');
    }
    return value;
}

// numberText: a number from outside as Python prints it
function numberText(value: number): string {
    if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? String(safe(value)) : String(value);
    if (Math.abs(value) >= 1e-4) return String(value);
    return value.toExponential().replace(/-(\d)$/, '-0$1');
}

// stripText: text without white space (or these characters) at both ends
function stripText(text: string, chars?: string): string {
    return stripRight(stripLeft(text, chars), chars);
}

// stripLeft: text without white space (or these characters) at its start
function stripLeft(text: string, chars?: string): string {
    const points = [...text];
    let start = 0;
    while (start < points.length && isStripped(points[start]!, chars)) start++;
    return points.slice(start).join('');
}

// stripRight: text without white space (or these characters) at its end
function stripRight(text: string, chars?: string): string {
    const points = [...text];
    let end = points.length;
    while (end > 0 && isStripped(points[end - 1]!, chars)) end--;
    return points.slice(0, end).join('');
}

// isStripped: whether stripText() removes a character; Python's white space is not JavaScript's
function isStripped(point: string, chars?: string): boolean {
    return chars === undefined ? isSpace(point) : [...chars].includes(point);
}

// isSpace: Python's white space
function isSpace(text: string): boolean {
    return /^[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/.test(text);
}
