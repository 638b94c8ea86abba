import type { NangoAction, ContactId } from '../../models';

export default async function runAction(nango: NangoAction, input: ContactId): Promise<ContactId> {
    try {
        const response = await nango.get({ endpoint: `/services/data/v53.0/sobjects/Contact/${input.id}` });
        return { id: response.data.Id };
    } catch (error: any) {
        if (error.response?.status === 404) {
            throw new nango.ActionError({ type: 'not_found', id: input.id, upstream: error.response.data[0].errorCode });
        }
        throw error;
    }
}
