import type { NangoAction, NewTicket, Ticket } from '../../models';
import { toTicket } from '../mappers/to-ticket.js';
import { newTicket } from '../schema.zod.js';

export default async function runAction(nango: NangoAction, input: NewTicket): Promise<Ticket> {
    const parsed = newTicket.safeParse(input);
    if (!parsed.success) {
        for (const error of parsed.error.issues) {
            await nango.log(`Invalid input: ${error.message} at ${error.path.join('.')}`, { level: 'error' });
        }
        throw new nango.ActionError({ message: 'Invalid input' });
    }
    const connection = await nango.getConnection();
    const response = await nango.post({
        endpoint: '/tickets/v2',
        data: { ...parsed.data, portal: connection.connection_config['portal'] },
        headers: { 'X-Portal': String(connection.connection_config['portal']) },
        retries: 3
    });
    return toTicket(response.data);
}
