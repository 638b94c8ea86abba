// The parts of Node.js that a script may use (`crypto`, `url`, packages), for the runtime in its context (guest.cjs).
//
// A value is passed as a primitive, or as an object with a `tag` that describes it. A value that cannot be copied is
// `held`: the runtime keeps it out of the script's reach, and calls its methods here. Nothing throws.

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const TYPED = new Map(
    [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView]
        .map((each) => [each.name, each])
);
const DEEPEST = 8;
const MOST_ITEMS = 1_000_000;
// these change Node.js itself
const REFUSED = new Set(['setEngine', 'setFips', 'fips', 'createObjectURL', 'revokeObjectURL']);
const ENDS = new Set([Object.prototype, Function.prototype, Array.prototype, Promise.prototype]);
const BUFFER_METHODS = Object.getOwnPropertyNames(Buffer.prototype).filter(
    (name) => !['constructor', 'subarray', 'slice', 'toJSON', 'toLocaleString', 'inspect', 'parent', 'offset'].includes(name) && typeof Buffer.prototype[name] === 'function'
);

const shapes = new WeakMap();

const isMember = (name) => typeof name === 'string' && name !== 'constructor' && !name.startsWith('_') && !REFUSED.has(name);

/** The property descriptor of a name of an object or its prototypes, except the prototypes of all objects. */
function member(object, name) {
    for (let at = object; at !== null && !ENDS.has(at); at = getPrototypeOf(at)) {
        const descriptor = isMember(name) && getOwnPropertyDescriptor(at, name);
        if (descriptor) {
            return descriptor;
        }
    }
    return undefined;
}

/** The names of the methods and properties of `objects`; the first object takes precedence. */
function described(objects, name) {
    const [methods, accessors] = [new Set(), new Set()];
    for (const object of objects) {
        for (const each of Object.getOwnPropertyNames(object).filter(isMember)) {
            if (!methods.has(each) && !accessors.has(each)) {
                const descriptor = getOwnPropertyDescriptor(object, each);
                (typeof descriptor.value === 'function' ? methods : accessors).add(each);
            }
        }
    }
    const isIterable = objects.some((each) => typeof getOwnPropertyDescriptor(each, Symbol.iterator)?.value === 'function');
    return { name, methods: [...methods], accessors: [...accessors], isIterable };
}

function shapeOf(prototype) {
    if (!shapes.has(prototype)) {
        const chain = [];
        for (let at = prototype; at !== null && !ENDS.has(at); at = getPrototypeOf(at)) {
            chain.push(at);
        }
        const { constructor } = chain[0] ?? {};
        shapes.set(prototype, described(chain, typeof constructor === 'function' ? constructor.name : ''));
    }
    return shapes.get(prototype);
}

const isPlain = (value) => [Object.prototype, null].includes(getPrototypeOf(value));

/** Convert a value for the runtime. */
export function toGuest(value, self, args = [], depth = 0) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
        return typeof value === 'symbol' ? undefined : value;
    }
    if (value === self) {
        return { tag: 'this' };
    }
    if (args.includes(value)) {
        return { tag: 'argument', index: args.indexOf(value) };
    }
    if (typeof value === 'function') {
        const shape = value.prototype && Object.getOwnPropertyNames(value.prototype).length > 1 ? shapeOf(value.prototype) : null;
        const statics = Object.getOwnPropertyNames(value).filter((name) => isMember(name) && name !== 'caller' && name !== 'arguments' && typeof getOwnPropertyDescriptor(value, name).value === 'function');
        return { tag: 'function', target: value, name: value.name, shape, statics };
    }
    if (ArrayBuffer.isView(value)) {
        return { tag: 'bytes', source: new Uint8Array(value.buffer, value.byteOffset, value.byteLength), isBuffer: Buffer.isBuffer(value) };
    }
    if (value instanceof ArrayBuffer) {
        return { tag: 'buffer', source: new Uint8Array(value) };
    }
    if (value instanceof Date) {
        return { tag: 'date', time: value.getTime() };
    }
    if (value instanceof Error) {
        return { tag: 'error', error: failure(value) };
    }
    if (value instanceof Promise) {
        const settle = (resolve, reject) => void value.then((result) => resolve(toGuest(result)), (error) => reject(failure(error)));
        return { tag: 'promise', settle };
    }
    if (Array.isArray(value)) {
        return depth > DEEPEST ? undefined : { tag: 'array', items: value.map((each) => toGuest(each, undefined, [], depth + 1)) };
    }
    if (typeof value.next === 'function' && typeof value[Symbol.iterator] === 'function') {
        return { tag: 'iterator', items: [...firstOf(value)] };
    }
    if (isPlain(value)) {
        const keys = depth > DEEPEST ? [] : Object.keys(value).filter(isMember);
        return { tag: 'object', keys, values: keys.map((key) => toGuest(value[key], undefined, [], depth + 1)) };
    }
    const own = described([value], '');
    return { tag: 'held', target: value, shape: shapeOf(getPrototypeOf(value)), own: own.methods.length + own.accessors.length > 0 ? own : null };
}

function* firstOf(iterator) {
    let left = MOST_ITEMS;
    for (const each of iterator) {
        yield toGuest(each);
        if (--left === 0) {
            return;
        }
    }
}

function failure(error) {
    const thing = error !== null && typeof error === 'object' ? error : { message: error };
    const code = typeof thing.code === 'string' ? thing.code : undefined;
    return { name: String(thing.name ?? 'Error'), message: String(thing.message ?? ''), code };
}

/** Convert a value that the runtime made from a value of the script. */
function fromGuest(value) {
    if (value === null || typeof value !== 'object') {
        return value;
    }
    switch (value.tag) {
        case 'function': {
            const { call } = value;
            return (...args) => fromGuest(call(args.map((each) => toGuest(each))));
        }
        case 'held':
            return value.target;
        case 'bytes':
            return bytesOf(value);
        case 'buffer':
            return value.buffer;
        case 'date':
            return new Date(value.time);
        case 'array':
            return listOf(value.items);
        case 'object':
            return Object.fromEntries(Array.from({ length: value.keys.length }, (_, index) => [value.keys[index], fromGuest(value.values[index])]));
    }
    return undefined;
}

const listOf = (items) => Array.from({ length: items.length }, (_, index) => fromGuest(items[index]));

/** A view of the script's own memory, so that the script sees changes. */
function bytesOf({ kind, buffer, offset, size }) {
    if (kind === 'Uint8Array') {
        return Object.setPrototypeOf(new Uint8Array(buffer, offset, size), Buffer.prototype);
    }
    const constructor = TYPED.get(kind);
    return new constructor(buffer, offset, size / (constructor.BYTES_PER_ELEMENT ?? 1));
}

function answered(ask, self) {
    let args = [];
    try {
        const taken = (items) => (args = listOf(items));
        const result = ask(taken);
        return toGuest(result, self, args);
    } catch (error) {
        return { tag: 'throw', error: failure(error) };
    }
}

/** The functions that the runtime calls. */
export const bridge = {
    call: (target, name, items) => answered((taken) => {
        const method = name === '@@iterator' ? target[Symbol.iterator] : member(target, name)?.value;
        return Reflect.apply(method, target, taken(items));
    }, target),
    apply: (target, items) => answered((taken) => Reflect.apply(target, undefined, taken(items))),
    construct: (target, items) => answered((taken) => Reflect.construct(target, taken(items))),
    get: (target, name) => answered(() => (member(target, name) ? target[name] : undefined), target),
    set: (target, name, value) => answered(() => {
        if (member(target, name)) {
            target[name] = fromGuest(value);
        }
    }),
    ofBuffer: (name, items) => answered((taken) => Buffer[name](...taken(items)), Buffer),
    onBuffer: (self, name, items) => {
        let bytes;
        return answered((taken) => {
            bytes = bytesOf(self);
            const result = Buffer.prototype[name].apply(bytes, taken(items));
            return result === bytes ? Buffer : result;
        }, Buffer);
    },
    bufferMethods: () => JSON.stringify(BUFFER_METHODS),
    copy: (target, source) => void Uint8Array.prototype.set.call(target, source)
};
