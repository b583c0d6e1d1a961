import { Injectable } from '@nestjs/common';
import type { RequestTry } from '@visapi/backend-kernel';
import { newId } from '@visapi/backend-kernel';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { openColumns, sealColumns, type StoredColumns } from '../privacy/sealed-row.js';
import { storedKey } from '../privacy/stored-key.js';
import { vaultOf } from '../privacy/vault.js';

/** A request that its sender may repeat. */
export interface AskedOnce {
  readonly owner: string;
  readonly key: string;
  /** Method and path as called. */
  readonly route: string;
  /** SHA-256 of the query and the raw body. */
  readonly bodyHash: Buffer;
}

/** What was answered, as it was sent. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What is known of a key, by its owner. */
export interface Remembered {
  readonly id: string;
  readonly attempt: number;
  readonly route: string;
  readonly bodyHash: Buffer;
  readonly state: 'running' | 'done';
  /** Whoever worked at it no longer does. */
  readonly isLapsed: boolean;
  readonly isExpired: boolean;
  /** Id of what was made, where that is all that is kept of the answer. */
  readonly resourceId: string | null;
  /** Null where it is not answered yet, or was answered with a secret. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: Buffer | null;
  /** It was begun by this very question. */
  readonly isNew: boolean;
}

type StoredBody = StoredColumns<'body'>;

const table = 'idempotency_keys';
const storedBody = sql`i.body, i.body_key_id, ${storedKey('i.body_key_id')} as body_key`;
/** How many answers are looked through at once. */
const answersPerLook = 500;

const soon = (ms: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${ms / 1_000})`;

@Injectable()
export class IdempotencyKeysRepository {
  /**
   * Begins a request whose key its owner has not used, or tells what is known of it.
   * @param leaseMs how long nobody else may try
   * @returns undefined when somebody else began it at this moment: ask again
   */
  async meet(
    executor: Executor,
    asked: AskedOnce,
    { leaseMs, keepMs }: { readonly leaseMs: number; readonly keepMs: number },
  ): Promise<Remembered | undefined> {
    const { owner, key, route, bodyHash } = asked;
    const result = await sql<Omit<Remembered, 'body'> & StoredBody>`
      with found as materialized (
        select id, attempt, route, body_hash, state, locked_until <= clock_timestamp() as is_lapsed,
          expires_at <= clock_timestamp() as is_expired, resource_id, status, headers, ${storedBody}
        from idempotency_keys i where owner = ${owner} and key = ${key}
      ), begun as (
        insert into idempotency_keys (id, owner, key, route, body_hash, locked_until, expires_at)
        select ${newId()}::uuid, ${owner}, ${key}, ${route}, ${bodyHash}::bytea, ${soon(leaseMs)}, ${soon(keepMs)}
        where not exists (select from found)
        on conflict on constraint idempotency_keys_owner_key_key do nothing
        returning id, attempt, route, body_hash, state, false as is_lapsed, false as is_expired, resource_id, status, headers, body,
          body_key_id, null as body_key
      )
      select *, false as is_new from found union all select *, true from begun`.execute(executor);
    const [row] = result.rows;
    return row && openColumns(vaultOf(executor), table, row.id, row, ['body']);
  }

  /**
   * Takes over from a try that ended without an answer. One whose transaction is still open is left alone.
   * @returns the try that this is, or undefined when somebody else has it
   */
  async takeOver(
    executor: Executor,
    { id, attempt }: RequestTry,
    leaseMs: number,
  ): Promise<RequestTry | undefined> {
    const result = await sql<RequestTry>`
      update idempotency_keys set attempt = attempt + 1, locked_until = ${soon(leaseMs)}
      where id = (select id from idempotency_keys where id = ${id} and attempt = ${attempt} and state = 'running'
        and locked_until <= clock_timestamp() for update skip locked)
      returning id, attempt`.execute(executor);
    return result.rows[0];
  }

  /** Whether somebody works at it. */
  async isRunning(executor: Executor, id: string): Promise<boolean> {
    const result = await sql`select from idempotency_keys
      where id = ${id} and state = 'running' and locked_until > clock_timestamp()`.execute(executor);
    return result.rows.length > 0;
  }

  /** Writes the answer that every repeat is given. @returns false when a later try has taken over: its answer counts */
  async keep(executor: Executor, { id, attempt }: RequestTry, answer: KeptAnswer): Promise<boolean> {
    const { status, headers } = answer;
    const key = await vaultOf(executor).deliveryKey();
    const { body, bodyKeyId } = sealColumns(key, table, id, { body: answer.body });
    const result = await sql`
      update idempotency_keys set state = 'done', outcome = null, status = ${status}, headers = ${JSON.stringify(headers)}::jsonb,
        body = ${body}::bytea, body_key_id = ${bodyKeyId}
      where id = ${id} and attempt = ${attempt} and state = 'running'`.execute(executor);
    return result.numAffectedRows === 1n;
  }

  /** The same where the answer holds a secret: the id of what was made is kept, and nothing else. */
  async keepId(executor: Executor, { id, attempt }: RequestTry, resourceId: string): Promise<boolean> {
    const result = await sql`
      update idempotency_keys set state = 'done', resource_id = coalesce(resource_id, ${resourceId})
      where id = ${id} and attempt = ${attempt} and state = 'running'`.execute(executor);
    return result.numAffectedRows === 1n;
  }

  /** The answer is not kept: the next request with this key is done. What the command has written of itself stays. */
  async release(executor: Executor, { id, attempt }: RequestTry): Promise<void> {
    const gone = await sql`
      delete from idempotency_keys where id = ${id} and attempt = ${attempt} and state = 'running'
        and outcome is null and resource_id is null`.execute(executor);
    if (gone.numAffectedRows === 1n) return;
    await sql`update idempotency_keys set locked_until = clock_timestamp()
      where id = ${id} and attempt = ${attempt} and state = 'running'`.execute(executor);
  }

  /**
   * Takes away answers that tell of these orders, for a person of theirs is to be forgotten. Their requests stay done: a repeat
   * is told the order and nothing else. Looks through all that is kept, which is what came in a day.
   */
  async forgetAnswers(executor: Executor, orderIds: readonly string[]): Promise<void> {
    const names = orderIds.map((orderId) => ({ orderId, text: JSON.stringify(orderId) }));
    let since: string | undefined = '00000000-0000-0000-0000-000000000000';
    while (since !== undefined) {
      const answers = await keptAfter(executor, since);
      const told = answers.flatMap(({ id, body }) => {
        const name = names.find(({ text }) => body?.includes(text));
        return name ? [{ id, orderId: name.orderId }] : [];
      });
      if (told.length > 0) await empty(executor, told);
      since = answers.length < answersPerLook ? undefined : answers.at(-1)?.id;
    }
  }

  /** Forgets one that has expired, so that its key may be used anew. */
  async forget(executor: Executor, id: string): Promise<void> {
    await sql`delete from idempotency_keys where id = ${id} and expires_at <= clock_timestamp()
      and (state = 'done' or locked_until <= clock_timestamp())`.execute(executor);
  }

  /** Takes away the oldest of those that have expired, passing over what others hold. @returns how many went */
  async removeExpired(executor: Executor, most: number): Promise<number> {
    const result = await sql`
      delete from idempotency_keys where id = any(array(
        select id from idempotency_keys
        where expires_at <= (select clock_timestamp()) and (state = 'done' or locked_until <= clock_timestamp())
        order by expires_at limit ${most} for update skip locked))`.execute(executor);
    return Number(result.numAffectedRows ?? 0n);
  }
}

interface KeptBody {
  readonly id: string;
  readonly body: Buffer | null;
}

async function keptAfter(executor: Executor, since: string): Promise<KeptBody[]> {
  const result = await sql<{ readonly id: string } & StoredBody>`
    select i.id, ${storedBody} from idempotency_keys i
    where i.id > ${since}::uuid and i.state = 'done' and i.body is not null order by i.id limit ${answersPerLook}`.execute(
    executor,
  );
  const vault = vaultOf(executor);
  return result.rows.map((row) => openColumns(vault, table, row.id, row, ['body']));
}

async function empty(
  executor: Executor,
  told: readonly { readonly id: string; readonly orderId: string }[],
): Promise<void> {
  await sql`
    update idempotency_keys i set status = null, headers = null, body = null, body_key_id = null,
      resource_id = coalesce(i.resource_id, told.order_id)
    from unnest(${told.map(({ id }) => id)}::uuid[], ${told.map(({ orderId }) => orderId)}::text[]) as told (id, order_id)
    where i.id = told.id`.execute(executor);
}
