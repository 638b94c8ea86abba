// The runtime of one script, evaluated inside its context: all objects that the script sees are objects of its own
// context. Objects of Node.js (`host`, of bridge.mjs and main.mjs) stay in local constants, private fields and tables:
// a script may replace every method of its objects and must not get an object of Node.js that way. So no object of the
// host is passed to a function that a script can replace.
//
// The functions of `host` take and return primitives, objects of this context, and values that `fromHost` converts.

const { apply, construct, getPrototypeOf, setPrototypeOf, ownKeys } = Reflect;
const { create, defineProperty, freeze, getOwnPropertyDescriptor } = Object;
const { parse, stringify } = JSON;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { get: known, set: keep } = WeakMap.prototype;
const [Bytes, Buffers, Promises, Failure, Dates, Text] = [Uint8Array, ArrayBuffer, Promise, Error, Date, String];
const TooDeep = RangeError;
const view = getPrototypeOf(Bytes.prototype);
const read = (name) => getOwnPropertyDescriptor(view, name).get;
const [kindOf, bufferOf, offsetOf, sizeOf] = [read(Symbol.toStringTag), read('buffer'), read('byteOffset'), read('byteLength')];
const lengthOf = getOwnPropertyDescriptor(Buffers.prototype, 'byteLength').get;
const timeOf = Dates.prototype.getTime;
const dataView = (name) => getOwnPropertyDescriptor(DataView.prototype, name).get;
const [viewBuffer, viewOffset, viewSize] = [dataView('buffer'), dataView('byteOffset'), dataView('byteLength')];
const DEEPEST = 16;
let thrown = null;

// Locked: Node.js calls `Error.prepareStackTrace` with frames, and awaits promises by `then`.

const lock = (object, name) => defineProperty(object, name, { get: () => undefined, set: () => undefined, configurable: false });
for (const name of ['then', 'constructor']) {
    defineProperty(Promises.prototype, name, { writable: false, configurable: false });
}
defineProperty(Promises, Symbol.species, { configurable: false });
Failure.stackTraceLimit = 50;
const { captureStackTrace } = Failure;
lock(Failure, 'prepareStackTrace');

/** `Error` as on Nango: errors that V8 itself throws in the context are not instances of it. */
function RunnerError(message, options) {
    return construct(Failure, options === undefined ? (message === undefined ? [] : [message]) : [message, options], new.target ?? RunnerError);
}
defineProperty(RunnerError, 'name', { value: 'Error' });
RunnerError.prototype = create(Object.prototype, {
    constructor: { value: RunnerError, writable: true, configurable: true },
    name: { value: 'Error', writable: true, configurable: true },
    message: { value: '', writable: true, configurable: true },
    toString: { value: Failure.prototype.toString, writable: true, configurable: true }
});
RunnerError.captureStackTrace = (...args) => apply(captureStackTrace, Failure, args);
RunnerError.stackTraceLimit = 50;
lock(RunnerError, 'prepareStackTrace');

const TOO_DEEP = 'The value is nested too deeply for JSON, or contains itself';

/** `JSON.stringify` with a clear error for deep nesting. */
function json(value) {
    try {
        return stringify(value);
    } catch (error) {
        throw error instanceof TooDeep && error.message === 'Maximum call stack size exceeded' ? new RunnerError(TOO_DEEP) : error;
    }
}

/** Whether JSON is nested deeper than `most` levels. */
const isDeeper = (text, most) => guarded(() => host.isDeeper(text, most));

// Conversion of values

/** Stands for an object of the host. Only this module reads `#target`. */
class Held {
    #target;
    constructor(target, prototype) {
        this.#target = target;
        setPrototypeOf(this, prototype);
    }
    static of(value) {
        return #target in value ? value.#target : undefined;
    }
}
delete Held.prototype.constructor;
const heldOf = Held.of;
const holders = new WeakMap(); // object of the host → its Held or function
const shapes = new WeakMap(); // description of a prototype of the host → prototype here

/** Call the host. An error of Node.js (stack overflow) must not reach the script. */
function guarded(call) {
    let result;
    try {
        result = call();
    } catch {
        throw new TooDeep('Maximum call stack size exceeded');
    }
    return result;
}

function failed({ name, message, code }) {
    const error = new RunnerError(message);
    if (name !== 'Error') {
        defineProperty(error, 'name', { value: name, writable: true, configurable: true });
    }
    if (code !== undefined) {
        error.code = code;
    }
    return error;
}

function list(items, convert) {
    const converted = create(null);
    converted.length = items.length;
    for (let index = 0; index < items.length; index++) {
        converted[index] = convert(items[index]);
    }
    return converted;
}

const is = (getter, value) => {
    try {
        apply(getter, value, []);
        return true;
    } catch {
        return false;
    }
};
const tagged = (tag, fields) => ({ __proto__: null, tag, ...fields });

/** Convert a value for the host: primitives, bytes, and copies of plain data. */
function toHost(value, depth = 0) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
        if (typeof value === 'symbol') {
            throw failed({ name: 'TypeError', message: 'A symbol cannot be passed.' });
        }
        return value;
    }
    if (typeof value === 'function') {
        const callback = (args) => {
            const converted = items(args);
            try {
                return toHost(apply(value, undefined, converted));
            } catch (error) {
                thrown = { error };
                throw error;
            }
        };
        return tagged('function', { call: callback });
    }
    const target = heldOf(value);
    if (target !== undefined) {
        return tagged('held', { target });
    }
    if (isView(value)) {
        return bytesToHost(value);
    }
    if (is(lengthOf, value)) {
        return tagged('buffer', { buffer: value });
    }
    if (is(timeOf, value)) {
        return tagged('date', { time: apply(timeOf, value, []) });
    }
    if (depth > DEEPEST) {
        throw failed({ name: 'TypeError', message: 'The value is nested too deeply.' });
    }
    if (isArray(value)) {
        return tagged('array', { items: list(value, (each) => toHost(each, depth + 1)) });
    }
    const keys = ownKeys(value).filter((key) => typeof key === 'string' && getOwnPropertyDescriptor(value, key)?.enumerable);
    return tagged('object', { keys: list(keys, Text), values: list(keys, (key) => toHost(value[key], depth + 1)) });
}

function bytesToHost(value) {
    const kind = apply(kindOf, value, []);
    return kind === undefined
        ? tagged('bytes', { kind: 'DataView', buffer: apply(viewBuffer, value, []), offset: apply(viewOffset, value, []), size: apply(viewSize, value, []) })
        : tagged('bytes', { kind, buffer: apply(bufferOf, value, []), offset: apply(offsetOf, value, []), size: apply(sizeOf, value, []) });
}

/** Convert a value of the host: a primitive, or an object with a `tag`. */
function fromHost(value, self, args) {
    if (value === null || typeof value !== 'object') {
        return value;
    }
    switch (value.tag) {
        case 'throw': {
            const own = thrown; // by a callback of the script
            thrown = null;
            throw own === null ? failed(value.error) : own.error;
        }
        case 'error':
            return failed(value.error);
        case 'this':
            return self;
        case 'argument':
            return args[value.index];
        case 'bytes':
            return copied(value.source, value.isBuffer ? Buffer : Bytes);
        case 'buffer':
            return apply(bufferOf, copied(value.source, Bytes), []);
        case 'date':
            return new Dates(value.time);
        case 'array':
            return items(value.items);
        case 'iterator':
            return items(value.items)[Symbol.iterator]();
        case 'object': {
            const object = {};
            for (let index = 0; index < value.keys.length; index++) {
                put(object, value.keys[index], fromHost(value.values[index]));
            }
            return object;
        }
        case 'promise': {
            const { settle } = value;
            return new Promises((resolve, reject) => {
                guarded(() => settle((result) => resolve(fromHost(result)), (error) => reject(failed(error))));
            });
        }
        case 'function':
            return functionOf(value);
        case 'held':
            return holderOf(value);
    }
    return undefined;
}

function items(all) {
    const converted = [];
    for (let index = 0; index < all.length; index++) {
        put(converted, index, fromHost(all[index]));
    }
    return converted;
}

function put(object, key, value) {
    defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function copied(source, constructor) {
    const copy = construct(Bytes, [source.length], constructor);
    guarded(() => host.copy(copy, source));
    return copy;
}

const call = (target, name, self, args) => {
    const sent = list(args, toHost);
    thrown = null;
    return fromHost(guarded(() => host.call(target, name, sent)), self, args);
};
const targetOf = (self) => {
    const target = self !== null && typeof self === 'object' ? heldOf(self) : undefined;
    if (target === undefined) {
        throw failed({ name: 'TypeError', message: 'Illegal invocation' });
    }
    return target;
};

function holderOf({ target, shape, own }) {
    let holder = apply(known, holders, [target]);
    if (holder === undefined) {
        holder = new Held(target, prototypeOf(shape));
        if (own !== null) {
            members(holder, own);
        }
        apply(keep, holders, [target, holder]);
    }
    return holder;
}

function prototypeOf(shape) {
    let prototype = apply(known, shapes, [shape]);
    if (prototype === undefined) {
        prototype = {};
        apply(keep, shapes, [shape, prototype]);
        members(prototype, shape);
    }
    return prototype;
}

function members(object, { name, methods, accessors, isIterable }) {
    for (let index = 0; index < methods.length; index++) {
        const method = methods[index];
        const made = { [method](...args) { return call(targetOf(this), method, this, args); } };
        defineProperty(object, method, { value: made[method], writable: true, configurable: true });
    }
    for (let index = 0; index < accessors.length; index++) {
        const property = accessors[index];
        defineProperty(object, property, {
            get() {
                const target = targetOf(this);
                return fromHost(guarded(() => host.get(target, property)), this);
            },
            set(value) {
                const [target, sent] = [targetOf(this), toHost(value)];
                fromHost(guarded(() => host.set(target, property, sent)));
            },
            enumerable: true,
            configurable: true
        });
    }
    if (isIterable) {
        const iterate = function () { return call(targetOf(this), '@@iterator', this, []); };
        defineProperty(object, Symbol.iterator, { value: iterate, writable: true, configurable: true });
    }
    if (name) {
        defineProperty(object, Symbol.toStringTag, { value: name, configurable: true });
    }
}

/** The function or class that stands for one of the host. */
function functionOf({ target, name, shape, statics }) {
    let standIn = apply(known, holders, [target]);
    if (standIn !== undefined) {
        return standIn;
    }
    standIn = function (...args) {
        const sent = list(args, toHost);
        thrown = null;
        if (new.target === undefined) {
            return fromHost(guarded(() => host.apply(target, sent)), this, args);
        }
        const made = fromHost(guarded(() => host.construct(target, sent)), undefined, args);
        if (new.target !== standIn) {
            setPrototypeOf(made, new.target.prototype);
        }
        return made;
    };
    apply(keep, holders, [target, standIn]);
    defineProperty(standIn, 'name', { value: name, configurable: true });
    if (shape !== null) {
        standIn.prototype = prototypeOf(shape);
        defineProperty(standIn.prototype, 'constructor', { value: standIn, writable: true, configurable: true });
    }
    for (let index = 0; index < statics.length; index++) {
        const method = statics[index];
        put(standIn, method, { [method]: (...args) => call(target, method, standIn, args) }[method]);
    }
    return standIn;
}

// Buffer

function Buffer(value, encoding, length) {
    return typeof value === 'number' ? Buffer.alloc(value) : Buffer.from(value, encoding, length);
}
setPrototypeOf(Buffer, Bytes);
setPrototypeOf(Buffer.prototype, Bytes.prototype);

const overBuffer = (buffer, offset, length) => construct(Bytes, length === undefined ? [buffer, offset ?? 0] : [buffer, offset ?? 0, length], Buffer);
const ofBuffer = (name, args) => {
    const sent = list(args, toHost);
    return fromHost(guarded(() => host.ofBuffer(name, sent)), Buffer, args);
};
const statics = {
    from(value, encoding, length) {
        if (value === null || typeof value !== 'object') {
            return ofBuffer('from', [typeof value === 'function' ? undefined : value, encoding]);
        }
        if (is(lengthOf, value) || Object.prototype.toString.call(value) === '[object SharedArrayBuffer]') {
            return overBuffer(value, encoding, length);
        }
        const primitive = typeof value.valueOf === 'function' ? value.valueOf() : value;
        if (primitive !== value && primitive !== null && primitive !== undefined) {
            return Buffer.from(primitive, encoding, length);
        }
        const items = value.type === 'Buffer' && isArray(value.data) ? value.data : value;
        if (typeof items.length === 'number') {
            const buffer = Buffer.alloc(items.length > 0 ? Math.trunc(items.length) : 0);
            for (let index = 0; index < buffer.length; index++) {
                buffer[index] = items[index];
            }
            return buffer;
        }
        if (typeof value[Symbol.toPrimitive] === 'function') {
            return Buffer.from(value[Symbol.toPrimitive]('string'), encoding);
        }
        return ofBuffer('from', [{}]);
    },
    alloc(size, fill, encoding) {
        if (typeof size !== 'number' || !(size >= 0 && size <= 0x7fffffff)) {
            return ofBuffer('alloc', [size]);
        }
        const buffer = construct(Bytes, [size], Buffer);
        return fill === undefined || fill === 0 ? buffer : buffer.fill(fill, encoding);
    },
    allocUnsafe: (size) => Buffer.alloc(size),
    allocUnsafeSlow: (size) => Buffer.alloc(size),
    concat(all, length) {
        if (!isArray(all) || !all.every((each) => apply(kindOf, each, []) === 'Uint8Array')) {
            return ofBuffer('concat', [isArray(all) ? [5] : all, length]);
        }
        const whole = length ?? all.reduce((sum, each) => sum + each.length, 0);
        const buffer = Buffer.alloc(whole);
        let at = 0;
        for (const each of all) {
            const part = at + each.length > buffer.length ? each.subarray(0, buffer.length - at) : each;
            buffer.set(part, at);
            at += part.length;
        }
        return buffer;
    },
    copyBytesFrom: (typed, offset, length) => Buffer.from(Buffer.from(typed.slice(offset ?? 0, length === undefined ? undefined : (offset ?? 0) + length).buffer)),
    byteLength: (value, encoding) => (typeof value === 'object' && value !== null && (isView(value) || is(lengthOf, value)) ? value.byteLength : ofBuffer('byteLength', [value, encoding])),
    compare: (one, other) => ofBuffer('compare', [one, other]),
    isBuffer: (value) => value instanceof Buffer,
    isEncoding: (value) => ofBuffer('isEncoding', [value])
};
for (const name of ownKeys(statics)) {
    defineProperty(Buffer, name, { value: statics[name], writable: true, enumerable: true, configurable: true });
}
Buffer.poolSize = 8192;
const bufferMethods = parse(host.bufferMethods());
for (const name of bufferMethods) {
    const made = {
        [name](...args) {
            const [self, sent] = [bytesToHost(this), list(args, toHost)];
            return fromHost(guarded(() => host.onBuffer(self, name, sent)), this, args);
        }
    };
    defineProperty(Buffer.prototype, name, { value: made[name], writable: true, enumerable: true, configurable: true });
}
const { subarray } = Bytes.prototype;
defineProperty(Buffer.prototype, 'slice', { value: function slice(start, end) { return apply(subarray, this, [start, end]); }, writable: true, configurable: true });
defineProperty(Buffer.prototype, 'toJSON', { value: function toJSON() { return { type: 'Buffer', data: [...this] }; }, writable: true, configurable: true });
defineProperty(Buffer.prototype, 'toLocaleString', { value: Buffer.prototype.toString, writable: true, configurable: true });
defineProperty(Buffer.prototype, 'parent', { get() { return this.buffer; }, configurable: true });
defineProperty(Buffer.prototype, 'offset', { get() { return this.byteOffset; }, configurable: true });

// Globals

const { URL, URLSearchParams } = fromHost(guarded(() => host.module('url')));
const QUIET = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table', 'time', 'timeEnd', 'group', 'groupEnd'];

function setTimeout(callback, delay, ...args) {
    if (typeof callback !== 'function') {
        throw failed({ name: 'TypeError', message: 'The "callback" argument must be of type function.', code: 'ERR_INVALID_ARG_TYPE' });
    }
    const wait = Number(delay ?? 1);
    const run = () => {
        apply(callback, undefined, args);
    };
    guarded(() => host.setTimeout(run, wait));
    const timer = { ref: () => timer, unref: () => timer, hasRef: () => true };
    return timer;
}

const globals = {
    console: Object.fromEntries(QUIET.map((name) => [name, () => undefined])), Buffer, setTimeout, URL, URLSearchParams
};
for (const name of ownKeys(globals)) {
    defineProperty(globalThis, name, { value: globals[name], writable: true, enumerable: true, configurable: true });
}
defineProperty(globalThis, 'Error', { get: () => RunnerError, set: () => undefined, enumerable: false, configurable: false });
delete globalThis.WebAssembly;

// Modules

/** The functions of the package `nango` that scripts need at run time. */
const stubs = {
    createSync: (script) => ({ type: 'sync', ...script }),
    createAction: (script) => ({ type: 'action', ...script }),
    createOnEvent: (script) => ({ type: 'onEvent', ...script })
};
const packages = new Map();
const files = new Map(); // of packages in plain JavaScript

/** The exports of a file of a package in plain JavaScript (zod), evaluated here. */
function file(path) {
    let module = files.get(path);
    if (module === undefined) {
        module = { exports: {} };
        files.set(path, module);
        const load = guarded(() => host.script(path));
        load(module.exports, (specifier) => file(guarded(() => host.resolved(path, Text(specifier)))), module);
    }
    return module.exports;
}

const hosted = (name) => fromHost(guarded(() => host.module(name)));

/** A package that Nango's runner lets scripts require, or null. Throws if it is not installed. */
function external(name) {
    if (!packages.has(name)) {
        const entry = fromHost(guarded(() => host.entry(name)));
        packages.set(name, entry === null ? null : entry === '' ? hosted(name) : file(entry));
    }
    return packages.get(name);
}

/** The exports of a compiled bundle. `hasNango`: whether there is a package `nango`. */
function bundle(load, hasNango) {
    return load((specifier) => {
        const name = Text(specifier);
        const exported = name === 'nango' ? (hasNango ? stubs : null) : external(name);
        if (exported === null) {
            throw new RunnerError(`Module '${name}' is not allowed`);
        }
        return exported;
    });
}

/** The script's own frames of a stack: {file, line, column, name}. */
const frames = (stack) => parse(guarded(() => host.frames(Text(stack ?? ''))));
/** Copy bytes of the host to a Buffer. */
const bytes = (source) => copied(source, Buffer);

module.exports = {
    Buffer, RunnerError, TOO_DEEP, URLSearchParams, bundle, bytes, captureStackTrace, external, frames, guarded, hosted,
    isDeeper, json, parse, stringify, stubs
};
