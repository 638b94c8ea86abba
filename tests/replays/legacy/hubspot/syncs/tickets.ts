import type { NangoSync, Person, Ticket } from '../../models';
import { toTicket } from '../mappers/to-ticket';
import type { ProviderTicket } from '../types';

export default async function fetchData(nango: NangoSync) {
    const pages = nango.paginate<ProviderTicket>({
        endpoint: 'tickets/v2',
        method: 'GET',
        paginate: { type: 'offset', offset_name_in_request: 'skip', limit_name_in_request: 'take', limit: 2 }
    });
    for await (const page of pages) {
        const tickets: Ticket[] = page.map(toTicket);
        await nango.batchSave(tickets, 'Ticket');
        await nango.batchSave(people(page), 'Person');
    }
}

function people(tickets: ProviderTicket[]): Person[] {
    const found: Person[] = [];
    for (const { person } of tickets) {
        if (person) {
            found.push({ id: person.id.toString(), name: `${person.first} ${person.last}` });
        }
    }
    return found;
}
