// The nango object as scripts use it. Nango's CLI replaces this section with its own declarations.

/** An answer of the provider. */
export interface ProxyResponse<T = any> {
    data: T;
    status: number;
    statusText: string;
    headers: any;
    config: any;
    request?: any;
}

/** How to get from one page to the next; what is left out comes from Nango's knowledge of the provider. */
export interface PaginationConfiguration {
    type?: string;
    limit?: number | string;
    limit_name_in_request?: string;
    response_path?: string;
    in_body?: boolean;
    cursor_name_in_request?: string;
    cursor_path_in_response?: string;
    link_rel_in_response_header?: string;
    link_path_in_response_body?: string;
    offset_name_in_request?: string;
    offset_start_value?: number;
    offset_calculation_method?: 'per-page' | 'by-response-size';
    on_page?: (page: { nextPageParam?: string | number | undefined; response: ProxyResponse }) => Promise<void>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request to the provider; credentials are added by Nango. */
export interface ProxyConfiguration {
    endpoint: string;
    method?: Method | Lowercase<Method>;
    params?: string | Record<string, string | number>;
    headers?: Record<string, string>;
    data?: unknown;
    retries?: number;
    retryOn?: number[] | null;
    retryHeader?: { at?: string; after?: string };
    baseUrlOverride?: string;
    responseType?: 'arraybuffer' | 'blob' | 'document' | 'json' | 'text' | 'stream' | undefined;
    paginate?: PaginationConfiguration;
    providerConfigKey?: string;
    connectionId?: string;
}

type Request = Omit<ProxyConfiguration, 'method'>;
type Level = 'debug' | 'info' | 'warn' | 'error' | 'http' | 'verbose' | 'silly';
type Metadata = Record<string, unknown>;

/** An error that whoever triggered the script gets to see; the payload is any JSON object. */
export declare class ActionError<T = Record<string, unknown>> extends Error {
    type: string;
    payload?: Record<string, unknown>;
    constructor(payload?: T);
}

export interface Connection {
    id: number;
    connection_id: string;
    provider_config_key: string;
    provider: string;
    connection_config: Record<string, any>;
    metadata: Record<string, unknown> | null;
    credentials: any;
    created_at: string;
    updated_at: string;
    [key: string]: any;
}

export declare class NangoAction {
    connectionId: string;
    providerConfigKey: string;
    provider?: string;
    environmentId: number;
    environmentName?: string;
    activityLogId?: string | undefined;
    syncId?: string;
    syncJobId?: number;
    abortSignal?: AbortSignal;
    ActionError: typeof ActionError;

    proxy<T = any>(config: ProxyConfiguration): Promise<ProxyResponse<T>>;
    get<T = any>(config: Request): Promise<ProxyResponse<T>>;
    post<T = any>(config: Request): Promise<ProxyResponse<T>>;
    put<T = any>(config: Request): Promise<ProxyResponse<T>>;
    patch<T = any>(config: Request): Promise<ProxyResponse<T>>;
    delete<T = any>(config: Request): Promise<ProxyResponse<T>>;
    paginate<T = any>(config: ProxyConfiguration): AsyncGenerator<T[], undefined, void>;
    uncontrolledFetch(options: {
        url: URL;
        method?: Method;
        headers?: Record<string, string> | undefined;
        body?: string | null;
    }): Promise<Response>;

    getConnection(
        providerConfigKey?: string,
        connectionId?: string,
        options?: { refreshToken?: boolean; refreshGithubAppJwtToken?: boolean; forceRefresh?: boolean }
    ): Promise<Connection>;
    getIntegration(queries?: { include?: string[] }): Promise<any>;
    getToken(): Promise<any>;
    getMetadata<T = Metadata>(): Promise<T>;
    setMetadata(metadata: Metadata): Promise<ProxyResponse>;
    updateMetadata(metadata: Metadata): Promise<ProxyResponse>;
    /** @deprecated */
    getFieldMapping(): Promise<Metadata>;
    /** @deprecated */
    setFieldMapping(fieldMapping: Record<string, string>): Promise<ProxyResponse>;
    getWebhookURL(): Promise<string | null | undefined>;
    getEnvironmentVariables(): Promise<{ name: string; value: string }[] | null>;
    getFlowAttributes<A = object>(): A | null;

    log(message: any, options?: { level?: Level } | { [key: string]: any; level?: never }): Promise<void>;
    log(message: string, ...args: [any, { level?: Level }]): Promise<void>;
    setLogger(logger: { level: 'debug' | 'info' | 'warn' | 'error' | 'off' }): void;

    triggerAction<In = unknown, Out = object>(
        providerConfigKey: string,
        connectionId: string,
        actionName: string,
        input?: In
    ): Promise<Out>;
    triggerSync(
        providerConfigKey: string,
        connectionId: string,
        sync: string | { name: string; variant: string },
        syncMode?: string | boolean
    ): Promise<void | string>;
    startSync(
        providerConfigKey: string,
        syncs: (string | { name: string; variant: string })[],
        connectionId?: string
    ): Promise<void>;
    zodValidateInput<T = any>(options: { zodSchema: any; input: T }): Promise<{ success: true; data: any }>;
    tryAcquireLock(options: { key: string; ttlMs: number }): Promise<boolean>;
    releaseLock(options: { key: string }): Promise<boolean>;
}

export declare class NangoSync extends NangoAction {
    lastSyncDate?: Date;
    variant: string;
    track_deletes: boolean;

    /** @deprecated */
    batchSend<T extends object>(results: T[], model: string): Promise<boolean | null>;
    batchSave<T extends object>(results: T[], model: string): Promise<boolean | null>;
    batchUpdate<T extends object>(results: T[], model: string): Promise<boolean | null>;
    batchDelete<T extends object>(results: T[], model: string): Promise<boolean | null>;
    getRecordsByIds<K = string | number, T = any>(ids: K[], model: string): Promise<Map<K, T>>;
    deleteRecordsFromPreviousExecutions(model: string): Promise<{ deletedKeys: string[] }>;
    setMergingStrategy(merging: { strategy: 'ignore_if_modified_after' | 'override' }, model: string): Promise<void>;
}
