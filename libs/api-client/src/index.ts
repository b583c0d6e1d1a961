import { type Client, createClient, createConfig } from './generated/client/index.ts';

export * from './generated/index.ts';
export type { Client } from './generated/client/index.ts';

export interface VisapiOptions {
  /** Where the backend is, such as `http://localhost:3000`. */
  readonly baseUrl: string;
  /** An API key, `<prefix>.<secret>`, or the access token of a user. */
  readonly credential: string;
  /** Instead of the platform's `fetch`: for tests, proxies, retries. */
  readonly fetch?: typeof fetch;
}

/** A client for one backend and one credential; hand it to the operations as `client`. */
export function visapi({ baseUrl, credential, fetch }: VisapiOptions): Client {
  return createClient(
    createConfig({
      baseUrl,
      ...(fetch ? { fetch } : {}),
      headers: { authorization: `Bearer ${credential}` },
    }),
  );
}

/** An answer that was not a success: what the API said, by its stable code. */
export class VisapiError extends Error {
  override readonly name = 'VisapiError';

  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly details: readonly Fault[];
  /** For questions about it: our log knows the request by this. */
  readonly requestId: string | undefined;

  constructor(
    status: number,
    { code, message, details, requestId }: Pick<VisapiError, 'code' | 'message' | 'details' | 'requestId'>,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
    this.requestId = requestId;
  }
}

interface Fault {
  readonly path: string;
  readonly message: string;
}

interface Answer<Body> {
  readonly data?: Body;
  readonly error?: unknown;
  readonly response?: Response;
}

/**
 * What an operation answered.
 * @throws VisapiError for everything else
 */
export async function need<Body>(asked: Promise<Answer<Body>>): Promise<Body> {
  const { data, error, response } = await asked;
  if (data !== undefined) return data;
  const told = (error ?? {}) as {
    error?: { code?: string; message?: string; details?: Fault[] };
    meta?: { requestId?: string };
  };
  const { code = 'NO_ANSWER', message = noAnswer(error), details = [] } = told.error ?? {};
  const { requestId } = told.meta ?? {};
  throw new VisapiError(response?.status ?? 0, { code, message, details, requestId });
}

/** `fetch` says that it failed; why stands in what caused it: the address that refused, a name that nobody knows. */
function noAnswer(error: unknown): string {
  const { cause } = (error ?? {}) as { readonly cause?: { readonly message?: string } };
  return `The API did not answer: ${cause?.message ?? String(error)}`;
}

interface CursorPage<Item> {
  readonly data: readonly Item[];
  readonly pagination: { readonly nextCursor: string | null } | object;
}

/** Every item of a list, page after page. `ask` takes the cursor and asks for one page. */
export async function* everyItem<Item>(
  ask: (cursor: string) => Promise<Answer<CursorPage<Item>>>,
): AsyncGenerator<Item, void, void> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: CursorPage<Item> = await need(ask(cursor));
    yield* page.data;
    cursor = 'nextCursor' in page.pagination ? page.pagination.nextCursor : null;
  }
}
