import type { NangoSync } from '../../models';

const STEP = 120;

export default async function fetchData(nango: NangoSync): Promise<void> {
    const metadata: any = await nango.getMetadata();
    const state = metadata.resume ?? { after: '', runs: 0 };
    const where = state.after ? ` WHERE Id > '${state.after}'` : '';
    const response = await nango.get({
        endpoint: '/services/data/v53.0/query',
        params: { q: `SELECT Id FROM Contact${where} ORDER BY Id LIMIT ${STEP}` }
    });
    const records = response.data.records;
    await nango.batchSave(records.map((record: any) => ({ id: record.Id })), 'ResumedContact');
    const runs = state.runs + 1;
    const after = records.length === STEP ? records.at(-1).Id : '';
    await nango.updateMetadata({ resume: { after, runs } });
    await nango.log(`Run ${runs}: ${records.length} records, ${after ? 'more' : 'the end'}`);
}
