// What createSync, createAction and createOnEvent declare, as data. Models become JSON Schema as in Nango's CLI.

const KINDS = { sync: 'sync', action: 'action', onEvent: 'on-event' };

/** The package `nango`, as far as scripts need it at run time. */
export const stubs = {
    createSync: (script) => ({ type: 'sync', ...script }),
    createAction: (script) => ({ type: 'action', ...script }),
    createOnEvent: (script) => ({ type: 'onEvent', ...script })
};

/** What `file` declares. Throws a SourceFault where something is no schema. */
export function declared(exported, modules, file) {
    const script = exported.default;
    if (typeof script === 'function') {
        return { style: 'yaml', webhook: typeof exported.onWebhookPayloadReceived === 'function' };
    }
    if (script === null || typeof script !== 'object' || !(script.type in KINDS)) {
        return { style: 'none' };
    }
    const data = (model, ...names) => (model === undefined ? null : schema(model, names, modules, file));
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

function schema(model, names, modules, file) {
    const zod = modules.external('zod');
    const fault = (said) => modules.faultAt(file, new RegExp(`(^|[\\s{,])${names[0]}\\s*[:,]`), `${names.join('.')} ${said}`);
    if (model === null || typeof model !== 'object' || !('_zod' in model)) {
        throw fault('is no schema of zod 4: z.object({ … })');
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
        throw fault(`cannot be put as a JSON Schema: ${error.message}`);
    }
}
