import { z } from 'zod';

const delays = z
  .string()
  .regex(
    /^(off|\d{1,6}(,\d{1,6}){2})$/,
    'must be "off" or three numbers of milliseconds such as "50,150,300"',
  )
  .default('50,150,300')
  .transform((text) => (text === 'off' ? undefined : text.split(',').map(Number)));

const environment = z.object({
  NODE_ENV: z.string().optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3002),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  BACKEND_URL: z.url({ protocol: /^http$/ }).default('http://127.0.0.1:3000'),
  VIZI_API_KEY: z.string().optional(),
  WABA_APP_SECRET: z.string().optional(),
  WABA_PHONE_NUMBER_ID: z.string().default('1000000000000002'),
  WABA_BUSINESS_ID: z.string().default('1000000000000001'),
  SANDBOX_RECEIPT_DELAYS_MS: delays,
});

export interface SandboxConfig {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly backendUrl: string;
  /** Key with the scope `webhook:vizi`; unset = synthetic orders are refused. */
  readonly viziApiKey: string | undefined;
  /** Signs receipts; unset = no receipts. */
  readonly appSecret: string | undefined;
  readonly phoneNumberId: string;
  readonly businessId: string;
  /** Milliseconds from acceptance to sent, delivered and read; undefined = no receipts. */
  readonly receiptDelaysMs: readonly number[] | undefined;
}

/** All problems of the environment in one error, in words. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): SandboxConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The sandbox cannot start with this environment:\n${problems.join('\n')}`);
  }
  const { data } = parsed;
  if (data.NODE_ENV === 'production') {
    throw new Error(
      'The sandbox pretends to be the vendors and never runs in production (NODE_ENV=production).',
    );
  }
  return {
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    backendUrl: data.BACKEND_URL.replace(/\/+$/, ''),
    viziApiKey: data.VIZI_API_KEY,
    appSecret: data.WABA_APP_SECRET,
    phoneNumberId: data.WABA_PHONE_NUMBER_ID,
    businessId: data.WABA_BUSINESS_ID,
    receiptDelaysMs: data.SANDBOX_RECEIPT_DELAYS_MS,
  };
}

/** The configuration of this process. */
export function loadConfig(): SandboxConfig {
  return parseConfig(process.env);
}
