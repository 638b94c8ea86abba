import type { NangoSync, ContactCard } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    const soql =
        'SELECT Id, Name, Email, Phone, MailingCity, MailingCountry, HasOptedOutOfEmail, Title, Department FROM Contact';
    let saved = 0;
    let pages = 0;
    for await (const records of nango.paginate<any>({
        endpoint: '/services/data/v53.0/query',
        params: { q: soql },
        paginate: { type: 'link', response_path: 'records', link_path_in_response_body: 'nextRecordsUrl' }
    })) {
        const cards: ContactCard[] = records.filter((record) => record.Email).map(toCard);
        await nango.batchSave(cards, 'ContactCard');
        saved += cards.length;
        pages += 1;
    }
    await nango.log(`Saved ${saved.toLocaleString('en-US')} cards from ${pages} pages`);
}

function toCard(record: any): ContactCard {
    return {
        id: record.Id,
        name: record.Name.trim(),
        email: record.Email.toLowerCase(),
        phone: record.Phone === null ? null : record.Phone.replaceAll(' ', '').replaceAll('+', '00'),
        location: { city: record.MailingCity, country: record.MailingCountry },
        subscribed: !record.HasOptedOutOfEmail,
        tags: [record.Title, record.Department].filter((tag) => tag !== null)
    };
}
