export interface ProviderTicket {
    ticketId: number;
    subject: string;
    opened: string;
    person?: { id: number; first: string; last: string };
}
