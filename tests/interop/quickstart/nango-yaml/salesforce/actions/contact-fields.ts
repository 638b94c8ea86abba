import type { NangoAction, ContactFieldList, SalesforceField } from '../../models';

export default async function runAction(nango: NangoAction): Promise<ContactFieldList> {
    try {
        const response = await nango.get({ endpoint: '/services/data/v51.0/sobjects/Contact/describe' });
        await nango.log('Salesforce fields fetched!');
        return { fields: response.data.fields.map(toField) };
    } catch (error: any) {
        throw new nango.ActionError({ message: 'Failed to fetch fields', status: error.response?.status, details: error.response?.data });
    }
}

function toField(field: any): SalesforceField {
    return {
        id: field.name,
        label: field.label,
        type: field.type,
        required: !field.nillable,
        references: field.referenceTo.map((name: string) => name.toLowerCase())
    };
}
