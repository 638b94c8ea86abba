import type { Ticket } from '../../models';
import type { ProviderTicket } from '../types';

export function toTicket({ ticketId, subject, opened }: ProviderTicket): Ticket {
    return { id: `${ticketId}`, subject, opened: new Date(opened) };
}
