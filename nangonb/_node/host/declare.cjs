// The declarations of createSync, createAction and createOnEvent as data. Models become JSON Schema as in Nango's CLI.
//
// For scripts that were evaluated (run.cjs) or only read (literals.mjs).

const KINDS = { sync: 'sync', action: 'action', onEvent: 'on-event' };

/** A value is not a schema; `names` is its path in the argument of createSync and the like. */
class NotASchema extends TypeError {
    constructor(message, names) {
        super(message);
        this.names = names;
    }
}

/** The declaration of a module with these exports; `zod()` returns the package. Throws NotASchema. */
function declared(exported, zod) {
    const script = exported.default;
    if (typeof script === 'function') {
        return { style: 'yaml', webhook: typeof exported.onWebhookPayloadReceived === 'function' };
    }
    if (script === null || typeof script !== 'object' || !Object.hasOwn(KINDS, script.type)) {
        return { style: 'none' };
    }
    const data = (model, ...names) => (model === undefined ? null : schema(model, names, zod()));
    const { exec, onWebhook, models, input, output, metadata, checkpoint, type, ...plain } = script;
    return {
        style: 'zero',
        kind: KINDS[type],
        runs: typeof exec === 'function',
        webhook: typeof onWebhook === 'function',
        ...Object.fromEntries(Object.entries(plain).filter(([, value]) => typeof value !== 'function')),
        models: Object.fromEntries(Object.entries(models ?? {}).map(([name, model]) => [name, data(model ?? null, 'models', name)])),
        input: data(input, 'input'),
        output: data(output, 'output'),
        metadata: data(metadata, 'metadata'),
        checkpoint: data(checkpoint, 'checkpoint')
    };
}

function schema(model, names, zod) {
    if (model === null || typeof model !== 'object' || !('_zod' in model)) {
        throw new NotASchema(`${names.join('.')} is not a zod 4 schema: use z.object({ … })`, names);
    }
    if (model instanceof zod.ZodVoid) {
        return { type: 'null' };
    }
    try {
        const { $schema, ...converted } = zod.toJSONSchema(model, {
            target: 'draft-7',
            unrepresentable: 'any',
            override: ({ zodSchema, jsonSchema }) => {
                if (zodSchema instanceof zod.ZodDate) {
                    jsonSchema.type = 'string';
                    jsonSchema.format = 'date-time';
                }
            }
        });
        return converted;
    } catch (error) {
        throw new NotASchema(`${names.join('.')} cannot be converted to JSON Schema: ${error.message}`, names);
    }
}

module.exports = { NotASchema, declared };
