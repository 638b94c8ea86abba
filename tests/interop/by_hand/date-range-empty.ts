import type { NangoAction } from '../../models';

export default async function runAction(nango: NangoAction, input: any): Promise<any> {
    const response = await nango.get({
        endpoint: '/services/data/v53.0/query',
        params: { q: 'SELECT LastModifiedDate FROM Contact ORDER BY LastModifiedDate DESC LIMIT 1' }
    });
    const latest = response.data.records[0].LastModifiedDate;
    const [start, end] = [new Date(input.start), new Date(input.end)];
    if (end < start) {
        const days = Math.floor((start.getTime() - end.getTime()) / 86_400_000);
        throw new Error(`The range ends ${days} days before it starts; the data end in ${latest.slice(0, 7)}`);
    }
    return null;
}
