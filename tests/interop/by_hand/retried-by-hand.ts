import type { NangoSync } from '../../models';

const ATTEMPTS = 5;

export default async function fetchData(nango: NangoSync): Promise<void> {
    for (const times of [1, 3]) {
        const data = await fetch(nango, { times, status: 500 + times });
        await nango.batchSave(
            data.items.map((item: any) => ({ id: `${times}-${item.id}`, name: item.name })),
            'PatientItem'
        );
    }
}

async function fetch(nango: NangoSync, params: Record<string, number>): Promise<any> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        try {
            return (await nango.get({ endpoint: '/flaky', params: params as any })).data;
        } catch (error: any) {
            const status = error.response?.status;
            if (status === undefined || status < 500 || attempt === ATTEMPTS) {
                throw error;
            }
            await nango.log(`Attempt ${attempt} of ${ATTEMPTS}: ${error.message} (${error.response.data.message})`, {
                level: 'warn'
            });
        }
    }
    return { items: [] };
}
