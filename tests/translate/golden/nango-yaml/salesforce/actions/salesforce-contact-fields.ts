import type { NangoAction, ContactField, ContactSchema } from '../../models';

export default async function runAction(nango: NangoAction): Promise<ContactSchema> {
    try {
        const response = await nango.get({ endpoint: '/services/data/v51.0/sobjects/Contact/describe' });
        await nango.log('Salesforce fields fetched!');
        return { fields: response.data.fields.map((field: any) => toField(field)) };
    } catch (error: any) {
        if (!isHttpError(error)) {
            throw error;
        }
        throw new nango.ActionError({
            message: 'Failed to fetch fields',
            status: error.response?.status ?? null,
            details: error.response?.data ?? null
        });
    }
}

function toField(field: any): ContactField {
    return {
        name: field.name,
        label: field.label,
        type: field.type,
        relationship_name: field.relationshipName
    };
}

// isHttpError: whether a request failed
function isHttpError(error: any): boolean {
    return error?.isAxiosError === true || error?.response !== undefined;
}
