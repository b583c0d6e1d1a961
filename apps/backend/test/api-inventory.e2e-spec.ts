import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ALL_SCOPES as SCOPES } from '@visapi/backend-access/seed';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { createApp } from '../src/app.js';
import { addressOf, type ApiOperation, operations } from './api-description.js';
import { givenKey, givenUser, jwtSecret, pepper } from './credentials.js';

const supabaseUrl = 'http://127.0.0.1:9';
/** Names nothing that exists: what is let in finds nothing to do. */
const nothing = '0198c2f4-7d1e-7c3a-9b52-000000000000';
const roles = ['admin', 'manager', 'developer', 'support', 'analytics'] as const;

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let started: { app: NestFastifyApplication; close: () => Promise<void> };
let tokens: Record<string, string>;
let grants: Record<string, string[]>;
beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await givenKey(test, 'expired', SCOPES);
  await givenKey(test, 'revoked', SCOPES);
  await test.query(`update api_keys set expires_at = now() - interval '1 minute' where prefix = 'expired'`);
  await test.query(`update api_keys set revoked_at = now() where prefix = 'revoked'`);
  const rows = await test.query<{ name: string; permissions: string[] }>(
    'select name, permissions from roles',
  );
  grants = Object.fromEntries(rows.map(({ name, permissions }) => [name, permissions]));
  const users = await Promise.all(
    roles.map(async (role) => [role, await givenUser(test, supabaseUrl, role)] as const),
  );
  tokens = Object.fromEntries(users);
  started = await createApp({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: test.url,
    REDIS_URL: redis.url,
    API_KEY_PEPPER: pepper,
    SUPABASE_URL: supabaseUrl,
    SUPABASE_ANON_KEY: 'anon-key-of-a-test',
    SUPABASE_JWT_SECRET: jwtSecret,
    RATE_LIMIT_ENABLED: 'false',
  });
}, 60_000);
afterAll(async () => {
  await started.close();
  await redis.close();
  await test.drop();
});

const holds = (permissions: readonly string[], scope: string) =>
  permissions.some(
    (grant) =>
      grant === 'admin' || grant === scope || (grant.endsWith(':*') && scope.startsWith(grant.slice(0, -1))),
  );

type Rule = 'public' | 'session' | readonly string[];

function ruleOf({ security, description = '' }: ApiOperation): Rule {
  if (security.length === 0) return 'public';
  return description.includes('Demands the session of a user') ? 'session' : (security[0]?.apiKey ?? []);
}

async function ask(operation: ApiOperation, headers: Readonly<Record<string, string>>) {
  const id = operation.path.includes('{name}') ? 'no-such-role' : nothing;
  const url = addressOf({ ...operation, parameters: pathOnly(operation) }, id);
  const method = operation.method as 'GET';
  const { statusCode, payload } = await started.app.inject({ method, url, headers });
  return { status: statusCode, body: payload };
}

function pathOnly({ parameters = [] }: ApiOperation) {
  return parameters.filter((one) => one.in === 'path');
}

/** Routes whose sender proves itself by a signature or a token of its own, which stands in the message. */
const signed = /^(receive(Whatsapp|Meta)Receipts|answer(Whatsapp|Meta)Challenge|sendAuthEmail)$/;
const each = operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);
const withRule = (wanted: (rule: Rule) => boolean) =>
  each.filter(([, operation]) => wanted(ruleOf(operation)));
const byScopes = withRule((rule) => Array.isArray(rule));
const bySession = withRule((rule) => rule === 'session');
const open = withRule((rule) => rule === 'public');

/** The addresses that the router knows, as it prints them: a tree with one part of an address in each line. */
function registered(): string[] {
  const parts: string[] = [];
  const tree = started.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  return tree.split('\n').flatMap((line) => {
    const match = /^([│ ]*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/u.exec(line);
    if (!match) return [];
    const [, indent = '', part = '', methods] = match;
    parts.splice(indent.length / 4, Infinity, part);
    return (methods?.split(', ') ?? []).map((method) => `${method} ${parts.join('')}`);
  });
}

describe('the description of the API', () => {
  it('holds every address that the router knows, and no other', () => {
    const router = registered()
      .filter((route) => !/^(HEAD|OPTIONS) /.test(route))
      .map((route) => route.replaceAll(/:(\w+)/g, '{$1}'))
      // One handler for many addresses, each of which is described.
      .filter((route) => !route.includes('/webhooks/{source}'));
    const webhooks = ['vizi/orders', 'whatsapp', 'meta'].map((path) => `POST /api/v1/webhooks/${path}`);
    const described = each.map(([name]) => name);
    expect(described.toSorted()).toEqual([...router, ...webhooks].toSorted());
    expect(each.length).toBeGreaterThan(60);
  });

  it('says of every route who may call it and which budget it draws on', () => {
    for (const [, operation] of each) {
      expect(ruleOf(operation)).not.toEqual([]);
      expect(operation['x-rate-class']).toMatch(/^(read|change|report|webhook|sign-in|probe)$/);
    }
  });

  it('says of every route that answers JSON in which shape', () => {
    const shapeless = operations
      .filter(({ contentType, path }) => contentType === 'application/json' && path !== '/api/openapi.json')
      .filter(({ responses, status }) => {
        const schema = responses[String(status)]?.content?.['application/json']?.schema as {
          properties?: { data?: object };
        };
        return Object.keys(schema.properties?.data ?? {}).length === 0;
      });
    expect(shapeless.map(({ operationId }) => operationId)).toEqual([]);
  });
});

describe('a route that demands scopes', () => {
  it.each(byScopes)('%s: 401 for nobody, for an expired and for a revoked key', async (_name, operation) => {
    const refused: Record<string, string>[] = [
      {},
      { 'x-api-key': 'expired.secret-of-expired-xxxxxxxxxxxxxxxxxxxx' },
    ];
    refused.push({ 'x-api-key': 'revoked.secret-of-revoked-xxxxxxxxxxxxxxxxxxxx' });
    for (const headers of refused) expect(await ask(operation, headers)).toMatchObject({ status: 401 });
  });

  it.each(byScopes)(
    '%s: 403 for a key that lacks one scope, never for one that has them',
    async (_name, operation) => {
      const needed = ruleOf(operation) as readonly string[];
      for (const lacking of needed) {
        const held = SCOPES.filter((scope) => scope !== lacking && scope !== 'admin');
        const name = `all-but-${lacking.replaceAll(':', '-')}`;
        const { status, body } = await ask(operation, { 'x-api-key': await givenKey(test, name, held) });
        expect({ status, names: body.includes(`${lacking} is missing`) }).toEqual({
          status: 403,
          names: true,
        });
      }
      const exact = await givenKey(test, `only-${needed.join('-').replaceAll(':', '-')}`, needed);
      const presented: Record<string, string>[] = [
        { 'x-api-key': exact },
        { authorization: `Bearer ${exact}` },
      ];
      for (const headers of presented) {
        const { status } = await ask(operation, headers);
        expect([401, 403]).not.toContain(status);
      }
    },
  );

  it.each(byScopes)('%s: for each role as its permissions say', async (_name, operation) => {
    const needed = ruleOf(operation) as readonly string[];
    for (const role of roles) {
      const may = needed.every((scope) => holds(grants[role]!, scope));
      const { status } = await ask(operation, { authorization: `Bearer ${tokens[role]}` });
      expect({ role, refused: status === 403 || status === 401 }).toEqual({ role, refused: !may });
    }
  });
});

describe('a route about the session of a user', () => {
  it.each(bySession)('%s: 401 for nobody and for any key', async (_name, operation) => {
    const key = await givenKey(test, 'everything', SCOPES);
    const presented: Record<string, string>[] = [{}, { 'x-api-key': key }];
    for (const headers of presented) expect(await ask(operation, headers)).toMatchObject({ status: 401 });
  });

  it.each(bySession)('%s: open to every role', async (_name, operation) => {
    for (const role of roles) {
      const token = await givenUser(test, supabaseUrl, role);
      const { status } = await ask(operation, { authorization: `Bearer ${token}` });
      expect([401, 403]).not.toContain(status);
    }
  });
});

describe('a public route', () => {
  const plain = open.filter(([, { operationId }]) => !signed.test(operationId));

  it.each(plain)('%s: asks nobody who he is, and a wrong key changes nothing', async (_name, operation) => {
    const bare = await ask(operation, {});
    const withKey = await ask(operation, { 'x-api-key': 'expired.secret-of-expired-xxxxxxxxxxxxxxxxxxxx' });
    expect(withKey.status).toBe(bare.status);
    // Ways into a session ask for proof of another kind.
    if (operation['x-rate-class'] !== 'sign-in') expect([401, 403]).not.toContain(bare.status);
  });

  it.each(open.filter(([, { operationId }]) => signed.test(operationId)))(
    '%s: is closed to whoever cannot prove that he is its sender',
    async (_name, operation) => {
      expect([401, 403]).toContain((await ask(operation, {})).status);
    },
  );

  it('is one of those that are meant to be', () => {
    const meant =
      /^(GET \/api\/v1\/(livez|readyz|healthz|version)|(GET|POST) \/api\/v1\/webhooks\/(whatsapp|meta)|(GET|POST) \/api\/v1\/auth\/(signup|signin|refresh|magic-link|reset-password|confirm|hooks\/send-email))$/;
    expect(open.map(([name]) => name).filter((name) => !meant.test(name))).toEqual([]);
  });
});
