import { createAction } from 'nango';
import * as z from 'zod';

const ContactField = z.object({
    name: z.string(),
    label: z.string(),
    type: z.string(),
    relationship_name: z.string().nullable()
});
type ContactField = z.infer<typeof ContactField>;

const ContactSchema = z.object({
    fields: z.array(ContactField)
});
type ContactSchema = z.infer<typeof ContactSchema>;

const action = createAction({
    description: 'Fetch available contact fields',
    endpoint: { method: 'POST', path: '/crm/contact-field' },
    scopes: ['offline_access', 'api'],
    input: z.void(),
    output: ContactSchema,
    exec: async (nango): Promise<ContactSchema> => {
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
});
export default action;

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
