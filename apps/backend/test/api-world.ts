import { randomUUID } from 'node:crypto';
import { need, sendMagicLink, signIn, visapi } from '@visapi/api-client';
import { until } from '@visapi/backend-testing';
import pg from 'pg';
import { type startAuth, password } from './auth-world.js';
import { untilQuiet } from './invariants.js';
import { shopOrder } from './shop.js';
import type { TestSystem } from './system.js';

/** What an example cannot know before it is sent: ids, credentials and proofs that were made a moment ago. */
export interface Known {
  /** By operation. */
  readonly ids: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly body: Readonly<Record<string, object>>;
}

type Auth = Awaited<ReturnType<typeof startAuth>>;

/**
 * Makes everything that the examples of the API name: the order IL260105IN10 with its confirmation (the staff's system knows it
 * by itself), a message of unknown outcome, letters and replays in each state, keys, users and sessions. The worker is stopped then, so that they stay
 * as they are.
 */
export async function makeExampleWorld(
  system: TestSystem,
  auth: Auth,
  exampleOrder: unknown,
): Promise<Known> {
  await system.shop.deliver(JSON.stringify(exampleOrder));
  const other = shopOrder({ seed: 71, sequence: 71_001, branch: 'il', consent: true, quirks: false });
  await system.shop.deliver(other.body);
  const isRead = (id: string) =>
    until(
      () => system.api.timeline(id),
      (entries) => entries.some(({ kind }) => kind === 'message.read'),
    );
  await isRead('IL260105IN10');
  await isRead(other.id);
  await untilQuiet(system, 2);
  await system.stopApp('worker');
  const owner = new pg.Client({ connectionString: system.urls.database });
  await owner.connect();
  try {
    return {
      ids: { ...(await storyIds(system, owner, other.id)), ...(await accessIds(system, auth)) },
      ...(await proofs(system, auth)),
    };
  } finally {
    await owner.end();
  }
}

async function storyIds(system: TestSystem, owner: pg.Client, otherOrder: string) {
  const [delivery] = await system.api.get<{ id: string }[]>('/deliveries?orderId=IL260105IN10');
  if (!delivery) throw new Error('The order of the example has no delivery');
  const told = await messageOf(system, 'IL260105IN10');
  const unclear = await messageOf(system, otherOrder);
  await owner.query(
    `update effects set state = 'uncertain', uncertain_at = now(), reason = 'time-out', accepted_at = null where id = $1`,
    [unclear],
  );
  return {
    getDelivery: delivery.id,
    replayDelivery: delivery.id,
    getMessage: told,
    settleMessage: unclear,
    getDeadLetter: await letter(owner, 'a'),
    replayDeadLetter: await letter(owner, delivery.id),
    discardDeadLetter: await letter(owner, 'c'),
    getEventReplay: await replay(owner, 'done'),
    cancelEventReplay: await replay(owner, 'running'),
    resumeEventReplay: await replay(owner, 'cancelled'),
  };
}

async function messageOf(system: TestSystem, orderId: string): Promise<string> {
  const message = await system.api.message(orderId);
  if (!message) throw new Error(`The order ${orderId} has no message`);
  return message.id;
}

/** Keys and users, each for the operation that changes it. */
async function accessIds(system: TestSystem, auth: Auth) {
  const key = async (name: string) => {
    const body = { name, scopes: ['orders:read'] };
    return (await system.api.post<{ id: string }>('/api-keys', body)).data.id;
  };
  const admin = await auth.signUp('admin@visanet.app');
  const session = await signInAs(system, 'admin@visanet.app');
  if (!session.accessToken) throw new Error('The users of the examples cannot sign in');
  return {
    getApiKey: await key('read'),
    changeApiKey: await key('changed'),
    rotateApiKey: await key('rotated'),
    revokeApiKey: await key('revoked'),
    getUser: admin,
    changeUser: admin,
  };
}

/** What people prove who they are with. */
async function proofs(system: TestSystem, auth: Auth): Promise<Omit<Known, 'ids'>> {
  const tokens: Record<string, string> = {};
  for (const operation of ['readMe', 'signOut', 'changePassword', 'postPassword']) {
    const email = `${operation.toLowerCase()}@visanet.app`;
    await auth.signUp(email);
    tokens[operation] = (await signInAs(system, email)).accessToken ?? '';
  }
  await auth.signUp('dana@visanet.app');
  const { refreshToken } = await signInAs(system, 'dana@visanet.app');
  await need(sendMagicLink({ client: clientOf(system), body: { email: 'dana@visanet.app' } }));
  const tokenHash = await auth.mailedHash('dana@visanet.app');
  return {
    tokens,
    query: { confirmLink: { token_hash: tokenHash, type: 'magiclink' } },
    body: { refreshSession: { refreshToken } },
  };
}

async function signInAs(system: TestSystem, email: string) {
  return (await need(signIn({ client: clientOf(system), body: { email, password } }))).data;
}

const clientOf = (system: TestSystem) =>
  visapi({ baseUrl: system.urls.backend, credential: system.secrets.adminApiKey });

async function letter(owner: pg.Client, reference: string): Promise<string> {
  const id = randomUUID();
  await owner.query(
    `insert into dead_letters (id, kind, name, reference, attempts, errors, first_failed_at, last_failed_at)
     values ($1, 'job', 'create-order', $2, 5, '[]', now(), now())`,
    [id, `delivery/${reference}`],
  );
  return id;
}

async function replay(owner: pg.Client, state: string): Promise<string> {
  const id = randomUUID();
  await owner.query(
    `insert into event_replays (id, handler, state, total, position, from_position, to_position, types, rate_per_second,
       rebuild, forced, reason, requested_by, correlation_id, next_at, finished_at)
     values ($1, $2, $3, 1, 0, 1, 1, '{}', 100, false, false, 'an example', 'test', 'test',
       case when $3 = 'running' then now() end, case when $3 = 'done' then now() end)`,
    [id, `example-${state}`, state],
  );
  return id;
}
