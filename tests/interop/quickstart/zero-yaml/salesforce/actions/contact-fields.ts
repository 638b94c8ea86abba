import { createAction } from 'nango';
import * as z from 'zod';

const SalesforceField = z.object({
    id: z.string(),
    label: z.string(),
    type: z.string(),
    required: z.boolean(),
    references: z.array(z.string())
});
type SalesforceField = z.infer<typeof SalesforceField>;
const ContactFieldList = z.object({ fields: z.array(SalesforceField) });

const action = createAction({
    description: 'Fetch available contact fields',
    version: '1.0.0',
    endpoint: { method: 'POST', path: '/crm/contact-fields' },
    scopes: ['offline_access', 'api'],
    input: z.void(),
    output: ContactFieldList,
    exec: async (nango) => {
        try {
            const response = await nango.get({ endpoint: '/services/data/v51.0/sobjects/Contact/describe' });
            await nango.log('Salesforce fields fetched!');
            return { fields: response.data.fields.map(toField) };
        } catch (error: any) {
            throw new nango.ActionError({ message: 'Failed to fetch fields', status: error.response?.status, details: error.response?.data });
        }
    }
});

export default action;

function toField(field: any): SalesforceField {
    return {
        id: field.name,
        label: field.label,
        type: field.type,
        required: !field.nillable,
        references: field.referenceTo.map((name: string) => name.toLowerCase())
    };
}
