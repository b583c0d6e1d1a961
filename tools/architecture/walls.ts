/**
 * Who may import whom, as data. `rules.ts` reads it, `architecture.spec.ts` enforces it.
 *
 * A target is written `<scope>` or `<scope>/<subpath>` as in the package's name and exports
 * (`@visapi/backend-http` is `http`, `@visapi/backend-repositories/orders` is `repositories/orders`).
 * `<context>` stands for every package tagged `type:context`, `<own>` for the scope of the importing file.
 */
export type Zone =
  | 'app:backend'
  | 'app:worker'
  | 'app:sandbox'
  | 'context:core'
  | 'context:queries'
  | 'context:http'
  | 'context:jobs';

const foundation = ['kernel', 'config', 'observability'];

/**
 * Deliveries, events and effects are the story every context writes to, batches and `once` are offered to all; all other tables
 * have one context.
 */
const rows = [
  'repositories',
  'repositories/<own>',
  'repositories/inbox',
  'repositories/events',
  'repositories/effects',
  'repositories/batch',
  'repositories/idempotency',
];

const core = [...foundation, ...rows, 'events', 'queue', 'webhooks', 'cache', '<context>'];

export const MAY_IMPORT: Readonly<Record<Zone, readonly string[]>> = {
  // `repositories`, `providers` and `queue` here are modules that open and close things; tables have subpaths, which apps
  // may not name.
  'app:backend': [
    ...foundation,
    '<context>/http',
    'webhooks/http',
    'events/http',
    'http',
    'cache',
    'queue',
    'repositories',
    'providers',
  ],
  'app:worker': [
    ...foundation,
    '<context>/jobs',
    'webhooks/jobs',
    'events',
    'queue',
    'http',
    'cache',
    'repositories',
    'providers',
  ],
  'app:sandbox': ['kernel'],
  'context:core': core,
  'context:queries': [...core, 'providers'],
  'context:http': [...foundation, 'http'],
  'context:jobs': [...foundation, ...rows, 'events', 'queue', 'webhooks', 'providers', '<context>'],
};

/** What a face may name when it imports types alone: they are erased, so nothing is called because of them. */
export const MAY_NAME_TYPES_OF: Readonly<Partial<Record<Zone, readonly string[]>>> = {
  'context:core': ['providers'],
  // A schema file says how a row becomes an answer.
  'context:http': rows,
};

/** Doors in the table, each with its reason. */
export const EXCEPTIONS: readonly {
  readonly folder: string;
  readonly may: readonly string[];
  readonly why: string;
}[] = [
  {
    folder: 'libs/backend-access/src/http/',
    may: ['repositories', 'repositories/access', 'repositories/batch', 'cache'],
    why: 'who asks is decided before any query or command may run',
  },
  {
    folder: 'libs/backend-operations/src/',
    may: ['repositories/privacy'],
    why: 'what is sealed and whom to forget goes through the tables of every context; none of them owns it',
  },
];

/** A mechanism imports only mechanisms of a lower floor. A new mechanism gets its floor here first. */
export const MECHANISM_FLOOR: Readonly<Record<string, number>> = {
  config: 1,
  observability: 2,
  providers: 2,
  repositories: 3,
  cache: 4,
  http: 4,
  queue: 4,
  events: 5,
  webhooks: 6,
};

/** A context's own mechanism may be used before the pair of tags is looked at; these pairs are the outer wall. */
export const TAG_PAIRS: Readonly<Record<string, readonly string[]>> = {
  'type:app': ['type:context', 'type:mechanism', 'type:kernel'],
  'type:context': ['type:context', 'type:mechanism', 'type:kernel'],
  'type:mechanism': ['type:mechanism', 'type:kernel'],
  'type:kernel': [],
  // What partners install: it stands alone.
  'type:client': [],
  'type:testing': ['type:context', 'type:mechanism', 'type:kernel'],
};

export interface ExternalBan {
  readonly packages: RegExp;
  readonly allowedScopes: readonly string[];
  /** Types are erased: a mechanism that is handed a client may name its type. */
  readonly typesAreFree: boolean;
  readonly why: string;
}

export const EXTERNAL_BANS: readonly ExternalBan[] = [
  {
    packages: /^(pg|pg-.+|postgres|kysely)(\/|$)/,
    allowedScopes: ['repositories', 'testing'],
    typesAreFree: false,
    why: 'SQL lives in backend-repositories only',
  },
  {
    packages: /^bullmq(\/|$)/,
    allowedScopes: ['queue'],
    typesAreFree: false,
    why: 'queues are reached through backend-queue only',
  },
  {
    packages: /^ioredis(\/|$)/,
    allowedScopes: ['queue', 'cache', 'testing'],
    typesAreFree: true,
    why: 'Redis clients are made in backend-queue and backend-cache only',
  },
  {
    packages: /^prom-client(\/|$)/,
    allowedScopes: ['observability'],
    typesAreFree: false,
    why: 'metrics are named in backend-observability only',
  },
  {
    packages: /^undici(\/|$)/,
    allowedScopes: ['providers', 'sandbox', 'testing'],
    typesAreFree: false,
    why: 'vendors are called through backend-providers only',
  },
  {
    packages: /^@supabase\//,
    allowedScopes: ['access'],
    typesAreFree: false,
    why: 'Supabase serves sign-in, and sign-in lives in backend-access',
  },
];

/** Where a transaction may be opened besides `commands/`, and why. */
export const TRANSACTION_HOMES: Readonly<Record<string, string>> = {
  'libs/backend-repositories/src/db/': 'the helper itself and the migration runner',
  'libs/backend-repositories/src/inbox/': 'one statement shared by concurrent deliveries, retried row by row',
  'libs/backend-events/src/': 'the relay deletes rows in the transaction that selected them',
  'libs/backend-queue/src/': 'the sweep holds a transaction-scoped lock',
};

/** The role a file of a context says in its name, by folder; `noun` is a name without a role. */
export const ROLES_BY_FOLDER: Readonly<Record<string, readonly string[]>> = {
  '': ['noun', 'module', 'errors', 'schemas', 'health'],
  commands: ['command'],
  // A noun here is what queries that call a vendor share.
  queries: ['query', 'noun'],
  specifications: ['specification'],
  webhooks: ['webhook', 'schemas'],
  // A noun here is what controllers and authenticators share: who asks is known nowhere else.
  http: ['controller', 'schemas', 'module', 'guard', 'authenticator', 'noun'],
  jobs: ['job', 'processor', 'saga', 'timer', 'module'],
};

/** These say what happens, so their names begin with a verb: `receive-order`, `on-order-created`. */
export const VERB_NOUN_ROLES: readonly string[] = ['command', 'job', 'processor'];
