import { createSync } from 'nango';
import { z } from 'zod';

const Company = z.object({
    id: z.string(),
    domain: z.union([z.string(), z.null()]),
    employees: z.number().optional()
});

const sync = createSync({
    description: 'All companies; those that are gone are marked as deleted',
    frequency: 'every day',
    models: { Company },
    exec: async (nango) => {
        await nango.trackDeletesStart('Company');
        const pages: number[] = [];
        for await (const page of nango.paginate<ProviderCompany>({
            endpoint: '/v1/companies',
            paginate: {
                type: 'offset',
                offset_name_in_request: 'page',
                offset_start_value: 1,
                offset_calculation_method: 'per-page',
                limit_name_in_request: 'per_page',
                limit: 2,
                response_path: 'data.companies',
                on_page: async ({ nextPageParam, response }) => {
                    pages.push(response.data.data.companies.length);
                    await nango.log('page', { next: nextPageParam, status: response.status });
                }
            },
            retries: 10
        })) {
            await nango.batchSave(
                page.map((company) => ({
                    id: `${company.id}`,
                    domain: company.domain || null,
                    employees: company.employees
                })),
                'Company'
            );
        }
        await nango.log(`${pages.length} pages`);
        await nango.trackDeletesEnd('Company');
    }
});

interface ProviderCompany {
    id: number;
    domain?: string;
    employees: number | undefined;
}

export type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;
