// The package `nango`, for type checking scripts that use createSync, createAction or createOnEvent.

import type * as z from 'zod';
import type { ActionError, NangoAction as Action, NangoSync as Sync, ProxyResponse } from './sdk.js';

export type { ActionError };

type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'PROPFIND' | 'REPORT';

/** How to get the next page; Nango's settings for the provider are the defaults. */
interface Pages {
    limit?: number | string;
    limit_name_in_request?: string;
    response_path?: string;
    in_body?: boolean;
    on_page?: (page: { nextPageParam?: string | number | undefined; response: ProxyResponse }) => Promise<void>;
}

interface CursorPages extends Pages {
    type?: 'cursor';
    cursor_path_in_response?: string;
    cursor_name_in_request?: string;
}

interface LinkPages extends Pages {
    type?: 'link';
    link_rel_in_response_header?: string;
    link_path_in_response_body?: string;
}

interface OffsetPages extends Pages {
    type?: 'offset';
    offset_name_in_request?: string;
    offset_start_value?: number;
    offset_calculation_method?: 'per-page' | 'by-response-size';
}

/** A request to the provider; Nango adds the credentials. */
export interface ProxyConfiguration {
    endpoint: string;
    method?: Verb | Lowercase<Verb>;
    params?: string | Record<string, string | number | string[] | number[]>;
    headers?: Record<string, string>;
    data?: unknown;
    retries?: number;
    retryOn?: number[] | null;
    retryHeader?: {
        at?: string[] | string;
        after?: string[] | string;
        remaining?: string;
        error_code?: string[];
        in_body?: { path: string; value?: string; strategy: 'at' | 'after' };
    };
    baseUrlOverride?: string | undefined;
    responseType?: 'arraybuffer' | 'blob' | 'document' | 'json' | 'text' | 'stream' | undefined;
    decompress?: boolean | string;
    forwardHeadersOnRedirect?: boolean;
    paginate?: CursorPages | LinkPages | OffsetPages;
    providerConfigKey?: string;
    connectionId?: string;
}

type Model = z.ZodObject<{ id: z.ZodString }>;
type Models = Record<string, Model>;
type Metadata = z.ZodObject | z.ZodVoid | undefined;
type Checkpoint = z.ZodObject<Record<string, z.ZodString | z.ZodNumber | z.ZodBoolean>> | undefined;
type Value<T> = T extends never ? never : z.infer<Exclude<T, undefined>>;
type Done<T> = T | Promise<T>;
type Row = { id: string; [key: string]: unknown };
type Part<T extends Row> = Pick<T, 'id'> & Partial<T>;
type Level = 'debug' | 'info' | 'warn' | 'error' | 'http' | 'verbose' | 'silly';
type Request = Omit<ProxyConfiguration, 'method'>;

type Requests = 'proxy' | 'get' | 'post' | 'put' | 'patch' | 'delete' | 'paginate' | 'uncontrolledFetch';
type OfMetadata = 'getMetadata' | 'setMetadata' | 'updateMetadata' | 'getFieldMapping' | 'setFieldMapping';
type OfModels = 'batchSend' | 'batchSave' | 'batchUpdate' | 'batchDelete' | 'getRecordsByIds' | 'deleteRecordsFromPreviousExecutions' | 'setMergingStrategy';
type Own = Requests | OfMetadata | 'log' | 'activityLogId' | 'zodValidateInput';

/** The object of every script. */
export interface NangoAction<TMetadata extends Metadata = never, TCheckpoint extends Checkpoint = never> extends Omit<Action, Own> {
    accountId: number;
    activityLogId: string;
    isCLI: boolean;
    scriptType: 'sync' | 'action' | 'webhook' | 'on-event';

    proxy<T = any>(config: ProxyConfiguration): Promise<ProxyResponse<T>>;
    get<T = any>(config: Request): Promise<ProxyResponse<T>>;
    post<T = any>(config: Request): Promise<ProxyResponse<T>>;
    put<T = any>(config: Request): Promise<ProxyResponse<T>>;
    patch<T = any>(config: Request): Promise<ProxyResponse<T>>;
    delete<T = any>(config: Request): Promise<ProxyResponse<T>>;
    paginate<T = any>(config: ProxyConfiguration): AsyncGenerator<T[], undefined, void>;
    uncontrolledFetch(options: {
        url: URL;
        method?: Verb;
        headers?: Record<string, string> | undefined;
        body?: string | null;
    }): Promise<Response>;

    getMetadata<T = Value<TMetadata>>(): Promise<T>;
    setMetadata(metadata: Value<TMetadata>): Promise<ProxyResponse>;
    updateMetadata(metadata: Partial<Value<TMetadata>>): Promise<ProxyResponse>;
    /** @deprecated */
    getFieldMapping(): Promise<Record<string, string>>;
    /** @deprecated */
    setFieldMapping(fieldMapping: Record<string, string>): Promise<ProxyResponse>;

    log(message: any, options?: { level?: Level } | { [key: string]: any; level?: never }): Done<void>;
    log(message: string, ...args: [any, { level?: Level }]): Done<void>;
    log(...args: [...any]): Done<void>;
    zodValidateInput<T = any, Z = any>(options: { zodSchema: z.ZodType<Z>; input: T }): Promise<z.ZodSafeParseSuccess<Z>>;

    releaseAllLocks(): Promise<void>;
    getCheckpoint(): Promise<Value<TCheckpoint> | null>;
    saveCheckpoint(checkpoint: Value<TCheckpoint>): Promise<void>;
    clearCheckpoint(): Promise<void>;
}

/** The object of a sync. */
export interface NangoSync<TModels extends Models = never, TMetadata extends Metadata = never, TCheckpoint extends Checkpoint = never, TName extends keyof TModels = keyof TModels>
    extends NangoAction<TMetadata, TCheckpoint>,
        Omit<Sync, keyof Action | OfModels> {
    emptyCache: boolean;

    /** @deprecated */
    batchSend<T extends Row = z.infer<TModels[TName]>>(results: T[], model: TName): Promise<boolean | null>;
    batchSave<T extends Row = z.infer<TModels[TName]>>(results: T[], model: TName): Done<boolean>;
    batchUpdate<T extends Row = z.infer<TModels[TName]>>(results: Part<T>[], model: TName): Done<boolean>;
    batchDelete<T extends Row = z.infer<TModels[TName]>>(results: Part<T>[], model: TName): Done<boolean>;
    getRecordsByIds<K = string | number, T extends Row = z.infer<TModels[TName]>>(ids: K[], model: TName): Done<Map<K, T>>;
    listRecords<T extends Row = z.infer<TModels[TName]>>(model: TName, options?: { cursor?: string }): AsyncGenerator<T>;
    trackDeletesStart(model: TName): Done<void>;
    trackDeletesEnd(model: TName): Done<{ deletedKeys: string[] }>;
    /** @deprecated */
    deleteRecordsFromPreviousExecutions(model: TName): Done<{ deletedKeys: string[] }>;
    setMergingStrategy(merging: { strategy: 'ignore_if_modified_after' | 'override' }, model: TName): Promise<void>;
}

interface Endpoint {
    method: Verb;
    path: string;
    group?: string | null | undefined;
}

interface Common<TMetadata extends Metadata, TCheckpoint extends Checkpoint> {
    version?: string;
    description: string;
    metadata?: TMetadata;
    checkpoint?: TCheckpoint;
}

export interface CreateSyncProps<TModels extends Models, TMetadata extends Metadata = never, TCheckpoint extends Checkpoint = never>
    extends Common<TMetadata, TCheckpoint> {
    frequency: string;
    models: TModels;
    endpoints?: Endpoint[];
    syncType?: 'full' | 'incremental';
    trackDeletes?: boolean;
    autoStart?: boolean;
    scopes?: string[];
    webhookSubscriptions?: string[];
    exec: (nango: NangoSync<TModels, TMetadata, TCheckpoint>) => Done<void>;
    onWebhook?: (nango: NangoSync<TModels, TMetadata, TCheckpoint>, payload: any) => Done<void>;
}

export interface CreateSyncResponse<TModels extends Models, TMetadata extends Metadata = undefined, TCheckpoint extends Checkpoint = undefined>
    extends CreateSyncProps<TModels, TMetadata, TCheckpoint> {
    type: 'sync';
}

export declare function createSync<TModels extends Models, TMetadata extends Metadata = undefined, TCheckpoint extends Checkpoint = undefined>(
    params: CreateSyncProps<TModels, TMetadata, TCheckpoint>
): CreateSyncResponse<TModels, TMetadata, TCheckpoint>;

export interface CreateActionProps<TInput extends z.ZodTypeAny, TOutput extends z.ZodTypeAny, TMetadata extends Metadata = undefined, TCheckpoint extends Checkpoint = undefined>
    extends Common<TMetadata, TCheckpoint> {
    input: TInput;
    output: TOutput;
    endpoint?: Endpoint;
    scopes?: string[];
    exec: (nango: NangoAction<TMetadata, TCheckpoint>, input: z.infer<TInput>) => Done<z.infer<TOutput>>;
}

export interface CreateActionResponse<TInput extends z.ZodTypeAny, TOutput extends z.ZodTypeAny, TMetadata extends Metadata = undefined, TCheckpoint extends Checkpoint = undefined>
    extends CreateActionProps<TInput, TOutput, TMetadata, TCheckpoint> {
    type: 'action';
}

export declare function createAction<TInput extends z.ZodTypeAny, TOutput extends z.ZodTypeAny, TMetadata extends Metadata = undefined, TCheckpoint extends Checkpoint = undefined>(
    params: CreateActionProps<TInput, TOutput, TMetadata, TCheckpoint>
): CreateActionResponse<TInput, TOutput, TMetadata, TCheckpoint>;

export interface CreateOnEventProps<TMetadata extends Metadata = undefined, TCheckpoint extends Checkpoint = undefined> extends Common<TMetadata, TCheckpoint> {
    event: 'post-connection-creation' | 'pre-connection-deletion' | 'validate-connection';
    exec: (nango: NangoAction<TMetadata, TCheckpoint>) => Done<void>;
}

export interface CreateOnEventResponse<TMetadata extends Metadata = undefined, TCheckpoint extends Checkpoint = undefined> extends CreateOnEventProps<TMetadata, TCheckpoint> {
    type: 'onEvent';
}

export declare function createOnEvent<TMetadata extends Metadata = undefined, TCheckpoint extends Checkpoint = undefined>(
    params: CreateOnEventProps<TMetadata, TCheckpoint>
): CreateOnEventResponse<TMetadata, TCheckpoint>;

export type CreateAnyResponse =
    | CreateSyncResponse<any, Metadata, Checkpoint>
    | CreateActionResponse<any, any, Metadata, Checkpoint>
    | CreateOnEventResponse<Metadata, Checkpoint>;
