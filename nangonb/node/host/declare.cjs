// What createSync, createAction and createOnEvent declare, as data. Models become JSON Schema as in Nango's CLI.
//
// For scripts that were evaluated (run.cjs) and for those that were only read (literals.mjs).

const KINDS = { sync: 'sync', action: 'action', onEvent: 'on-event' };

/** Something is no schema: `names` say where in the arguments of createSync and the like. */
class NoSchema extends TypeError {
    constructor(message, names) {
        super(message);
        this.names = names;
    }
}

/** What a module declares that exports this; `zod()` gives the package. Throws NoSchema. */
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
        throw new NoSchema(`${names.join('.')} is no schema of zod 4: z.object({ … })`, names);
    }
    if (model instanceof zod.ZodVoid) {
        return { type: 'null' };
    }
    try {
        const { $schema, ...found } = zod.toJSONSchema(model, {
            target: 'draft-7',
            unrepresentable: 'any',
            override: ({ zodSchema, jsonSchema }) => {
                if (zodSchema instanceof zod.ZodDate) {
                    jsonSchema.type = 'string';
                    jsonSchema.format = 'date-time';
                }
            }
        });
        return found;
    } catch (error) {
        throw new NoSchema(`${names.join('.')} cannot be put as a JSON Schema: ${error.message}`, names);
    }
}

module.exports = { NoSchema, declared };
