import type { Secrets } from './secrets.ts';

export type Environment = Readonly<Record<string, string>>;

export interface Urls {
  readonly backend: string;
  readonly worker: string;
  readonly sandbox: string;
  readonly supabase: string;
  readonly redis: string;
  /** The owner: migrations and psql. */
  readonly database: string;
  /** The role that backend and worker use. */
  readonly appDatabase: string;
}

type Given = Readonly<Record<string, string | undefined>>;

/** Same values as the sandbox's simulated account. */
const WABA_PHONE_NUMBER_ID = '100000000000001';
const WABA_BUSINESS_ID = '200000000000001';

/** The sandbox's base, see apps/sandbox/src/airtable/account.ts. */
const airtableIds = {
  AIRTABLE_BASE_ID: 'appSandbox0000001',
  AIRTABLE_TABLE_ID: 'tblOrders00000001',
  AIRTABLE_VIEW_ID: 'viwCompleted00001',
  AIRTABLE_APPLICATIONS_TABLE_ID: 'tblApplications01',
};

/**
 * What the sandbox stands in for: by vendor, the variable that sends calls elsewhere and the settings that fit the
 * sandbox only. A vendor whose variable the user set gets none of them.
 */
function vendors(sandbox: string, secrets: Secrets): { url: string; values: Environment }[] {
  const { wabaAccessToken, wabaAppSecret, wabaVerifyToken } = secrets;
  return [
    {
      url: 'CBB_API_URL',
      values: { CBB_API_URL: `${sandbox}/cbb`, CBB_API_KEY: secrets.cbbApiKey, CBB_RATE_LIMIT: '0' },
    },
    {
      url: 'META_GRAPH_URL',
      values: {
        META_GRAPH_URL: `${sandbox}/meta`,
        WABA_PHONE_NUMBER_ID,
        WABA_BUSINESS_ID,
        WABA_ACCESS_TOKEN: wabaAccessToken,
        WABA_APP_SECRET: wabaAppSecret,
        WABA_VERIFY_TOKEN: wabaVerifyToken,
      },
    },
    {
      url: 'AIRTABLE_API_URL',
      values: {
        AIRTABLE_API_URL: `${sandbox}/airtable`,
        AIRTABLE_API_KEY: secrets.airtableApiKey,
        ...airtableIds,
        AIRTABLE_POLL_SECONDS: '5',
      },
    },
    {
      url: 'RESEND_API_URL',
      values: { RESEND_API_URL: `${sandbox}/resend`, RESEND_API_KEY: secrets.resendApiKey },
    },
  ];
}

/** Environment of backend and worker: what the launcher brings, then what the user set, then what must be. */
export function appEnvironment(given: Given, urls: Urls, secrets: Secrets): Environment {
  const sandboxed = vendors(urls.sandbox, secrets).filter((vendor) => !given[vendor.url]);
  return {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    ...(given['SUPABASE_URL'] ? {} : supabase(urls, secrets)),
    API_KEY_PEPPER: secrets.pepper,
    ENCRYPTION_KEYS: secrets.encryptionKeys,
    ...Object.assign({}, ...sandboxed.map((vendor) => vendor.values)),
    ...setByUser(given),
    HOST: '127.0.0.1',
    DATABASE_URL: urls.appDatabase,
    REDIS_URL: urls.redis,
  };
}

export function sandboxEnvironment(
  app: Environment,
  given: Given,
  urls: Urls,
  secrets: Secrets,
): Environment {
  const meta = vendors(urls.sandbox, secrets).find((vendor) => vendor.url === 'META_GRAPH_URL');
  return {
    ...meta?.values,
    ...setByUser(given),
    NODE_ENV: app['NODE_ENV'] ?? 'development',
    LOG_LEVEL: app['LOG_LEVEL'] ?? 'info',
    HOST: '127.0.0.1',
    BACKEND_URL: urls.backend,
    VIZI_API_KEY: secrets.viziApiKey,
  };
}

/** The same server with the role that backend and worker use; a Supabase pooler wants `role.project`. */
export function asAppRole(ownerUrl: string, password: string): string {
  const url = new URL(ownerUrl);
  const project = url.username.split('.')[1];
  url.username = project ? `visapi_app.${project}` : 'visapi_app';
  url.password = password;
  return url.href;
}

function supabase(urls: Urls, secrets: Secrets): Environment {
  return {
    SUPABASE_URL: urls.supabase,
    SUPABASE_ANON_KEY: secrets.publishableKey,
    SUPABASE_SERVICE_ROLE_KEY: secrets.secretKey,
    SUPABASE_JWT_SECRET: secrets.jwtSecret,
    // The administrator's domain, and those that the agency has.
    AUTH_ALLOWED_EMAIL_DOMAINS: 'visapi.test,visanet.app,visanet.co,visanet.co.il,visanet.ru,visanet.se',
    PUBLIC_URL: urls.backend,
  };
}

/** An empty value counts as not set; what npm adds for its own scripts is not the user's. */
function setByUser(given: Given): Environment {
  const kept = Object.entries(given).filter(
    (entry): entry is [string, string] =>
      Boolean(entry[1]) && !/^npm_|^INIT_CWD$|^NODE_CHANNEL_/.test(entry[0]),
  );
  return Object.fromEntries(kept);
}
