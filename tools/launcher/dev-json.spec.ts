import { describe, expect, it } from '@jest/globals';
import { devJson, type Pids } from './dev-json.ts';
import { appEnvironment, asAppRole, sandboxEnvironment, type Urls } from './environment.ts';
import type { Secrets } from './secrets.ts';

const urls: Urls = {
  backend: 'http://127.0.0.1:3000',
  worker: 'http://127.0.0.1:3001',
  sandbox: 'http://127.0.0.1:3002',
  supabase: 'http://127.0.0.1:20003',
  redis: 'redis://127.0.0.1:20002',
  database: 'postgres://postgres:owner@127.0.0.1:20001/visapi',
  appDatabase: 'postgres://visapi_app:app@127.0.0.1:20001/visapi',
};
const names =
  'postgresPassword appPassword pepper encryptionKeys jwtSecret publishableKey secretKey cbbApiKey';
const more =
  'airtableApiKey wabaAccessToken wabaAppSecret wabaVerifyToken adminApiKey viziApiKey adminPassword';
const secrets = Object.fromEntries(
  `${names} ${more}`.split(' ').map((name) => [name, `made-${name}`]),
) as unknown as Secrets;

describe('dev.json', () => {
  const none: Pids = { backend: [], worker: [], sandbox: [], postgres: [], redis: [], auth: [] };
  const write = (pids: Partial<Pids>) =>
    devJson(urls, secrets, { email: 'a@b.test', password: 'p' }, { ...none, ...pids });

  it('holds what a tool needs to reach the system', () => {
    expect(Object.keys(write({}))).toEqual([
      ...[
        'backendUrl',
        'workerUrl',
        'sandboxUrl',
        'redisUrl',
        'supabaseUrl',
        'databaseUrl',
        'appDatabaseUrl',
      ],
      ...['adminApiKey', 'viziApiKey', 'adminEmail', 'adminPassword', 'pids'],
    ]);
  });

  it('names one process by its number, several by a list, none by an empty list', () => {
    const { pids } = write({ backend: [11], worker: [21, 22] });
    expect(pids).toEqual({ backend: 11, worker: [21, 22], sandbox: [], postgres: [], redis: [], auth: [] });
  });
});

describe('the environment of backend and worker', () => {
  it('points every vendor at the sandbox by default', () => {
    const env = appEnvironment({}, urls, secrets);
    expect(env).toMatchObject({
      CBB_API_URL: 'http://127.0.0.1:3002/cbb',
      CBB_RATE_LIMIT: '0',
      NODE_ENV: 'development',
    });
    expect(env).toMatchObject({
      META_GRAPH_URL: 'http://127.0.0.1:3002/meta',
      DATABASE_URL: urls.appDatabase,
    });
  });

  it('knows the base of the sandbox, and nothing of it beside an Airtable of the user’s own', () => {
    const named = (env: object) => Object.keys(env).filter((name) => name.startsWith('AIRTABLE_'));
    const env = appEnvironment({}, urls, secrets);
    expect(env).toMatchObject({
      AIRTABLE_API_URL: 'http://127.0.0.1:3002/airtable',
      AIRTABLE_API_KEY: 'made-airtableApiKey',
      AIRTABLE_POLL_SECONDS: '5',
    });
    expect(named(env)).toHaveLength(7);
    const own = { AIRTABLE_API_URL: 'https://api.airtable.com', AIRTABLE_API_KEY: 'mine' };
    expect(named(appEnvironment(own, urls, secrets))).toEqual(['AIRTABLE_API_URL', 'AIRTABLE_API_KEY']);
  });

  it('leaves a vendor whose URL the user set to the user, and the others to the sandbox', () => {
    const env = appEnvironment(
      { CBB_API_URL: 'https://cbb.example.test', CBB_API_KEY: 'mine' },
      urls,
      secrets,
    );
    expect(env).toMatchObject({ CBB_API_URL: 'https://cbb.example.test', CBB_API_KEY: 'mine' });
    expect(env).not.toHaveProperty('CBB_RATE_LIMIT');
    expect(env['META_GRAPH_URL']).toBe('http://127.0.0.1:3002/meta');
  });

  it('lets the user win, except over the servers that are already decided', () => {
    const given = {
      LOG_LEVEL: 'debug',
      DATABASE_URL: 'postgres://owner@db/x',
      HOST: 'my-laptop',
      npm_config_x: '1',
    };
    const env = appEnvironment(given, urls, secrets);
    expect(env).toMatchObject({ LOG_LEVEL: 'debug', DATABASE_URL: urls.appDatabase, HOST: '127.0.0.1' });
    expect(env).not.toHaveProperty('npm_config_x');
  });

  it('gives a Supabase of the user no keys of ours', () => {
    const env = appEnvironment({ SUPABASE_URL: 'https://ref.supabase.test' }, urls, secrets);
    expect(env['SUPABASE_URL']).toBe('https://ref.supabase.test');
    expect(env).not.toHaveProperty('SUPABASE_JWT_SECRET');
  });

  it('lets the sandbox sign with the secret that the backend checks', () => {
    const given = { WABA_APP_SECRET: 'mine' };
    const app = appEnvironment(given, urls, secrets);
    expect(sandboxEnvironment(app, given, urls, secrets)['WABA_APP_SECRET']).toBe(app['WABA_APP_SECRET']);
  });

  it('reaches a pooler as the role of the same project', () => {
    expect(asAppRole(urls.database, 'app')).toBe(urls.appDatabase);
    expect(asAppRole('postgres://postgres.ref:x@pooler.test:5432/postgres', 'p w')).toBe(
      'postgres://visapi_app.ref:p%20w@pooler.test:5432/postgres',
    );
  });
});
