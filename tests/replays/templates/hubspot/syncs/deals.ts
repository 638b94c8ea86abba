import { createSync } from 'nango';
import * as z from 'zod';
import { createHash } from 'crypto';

enum Stage {
    Open = 'open',
    Won = 'won'
}

const Deal = z.object({ id: z.string(), stage: z.enum(Stage), closed: z.boolean(), hash: z.string() });
const Note = z.object({ id: z.string(), deal: z.string(), text: z.string() });

const sync = createSync({
    description: 'Deals and their notes, by POST with the cursor in the body',
    frequency: 'every 6 hours',
    models: { Deal, Note },
    exec: async (nango) => {
        const since = nango.lastSyncDate === null ? 'ever' : nango.lastSyncDate;
        let cursor: string | undefined;
        do {
            const { data, status, headers } = await nango.post<Search>({
                endpoint: '/v2/deals/search',
                data: { since, filters: [{ field: 'stage', in: Object.values(Stage) }], ...(cursor ? { cursor } : {}) },
                headers: { 'X-Api-Version': '2024-01-01' },
                retries: 3
            });
            if (status !== 200) {
                throw new nango.ActionError({ message: 'unexpected', status });
            }
            await nango.log('left', Number(headers['x-ratelimit-remaining']));
            await saveDeals(nango, data.deals);
            cursor = data.cursor ?? undefined;
        } while (cursor);
    }
});

async function saveDeals(nango: NangoSyncLocal, deals: Search['deals']) {
    const gone = deals.filter(({ deleted }) => deleted);
    const kept = deals.filter((deal) => !gone.includes(deal));
    await nango.batchSave(
        kept.map(({ id, stage }) => ({
            id,
            stage,
            closed: stage === Stage.Won,
            hash: createHash('sha256').update(id).digest('hex').slice(0, 8)
        })),
        'Deal'
    );
    if (gone.length > 0) {
        await nango.batchDelete(gone.map(({ id }) => ({ id })), 'Deal');
    }
    for (const { id } of kept) {
        const response = await nango.get({ endpoint: `/v2/deals/${id}/notes`, params: { fields: ['id', 'text'].join(',') } });
        const notes = (response.data?.notes ?? []) as { id: number; text: string }[];
        await nango.batchSave(notes.map((note) => ({ id: String(note.id), deal: id, text: note.text })), 'Note');
    }
}

interface Search {
    deals: { id: string; stage: Stage; deleted?: boolean }[];
    cursor: string | null;
}

export type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;
