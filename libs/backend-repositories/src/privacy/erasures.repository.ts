import { Injectable } from '@nestjs/common';
import { type Insertable, type Selectable, sql } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';
import type { Erasures } from '../db/schema.gen.js';
import { tellOutcomes } from '../effects/tell-outcomes.js';
import { applicantAsPerson, personOf, recordAsPerson } from './person.js';
import { vaultOf } from './vault.js';

/** Who asks to be forgotten, by whatever is known of them. */
export type Forgotten =
  { readonly phone: string } | { readonly email: string } | { readonly orderId: string };

/** An order of a person, as far as it says whose it is. */
export interface OrderOfPerson {
  readonly orderId: string;
  readonly clientPhone: string | null;
  readonly clientEmail: string | null;
}

/** What of these orders is not done yet, and cannot be stopped or may be. */
export interface UnderWay {
  /** A worker is at it. */
  readonly claimed: number;
  /** May have been sent or not. */
  readonly uncertain: number;
  /** Deliveries that wait to be interpreted. */
  readonly open: number;
  /** Owed, and not yet begun. */
  readonly planned: number;
}

export type ErasureRow = Selectable<Erasures>;

const columns = [
  'id',
  'orderIds',
  'messages',
  'deliveries',
  'keysDestroyed',
  'reason',
  'erasedBy',
  'correlationId',
  'erasedAt',
] as const satisfies readonly (keyof Erasures)[];

/** Forgetting a person. Append-only rows are not touched: they hold ids. */
@Injectable()
export class ErasuresRepository extends BaseRepository<'erasures', (typeof columns)[number]> {
  constructor() {
    super('erasures', 'id', columns);
  }

  /** The orders of whoever is meant: all of each phone that is found, and of each e-mail address that has none. */
  async ordersOf(executor: Executor, who: Forgotten): Promise<OrderOfPerson[]> {
    const named = await matching(executor, conditionOf(who));
    const persons = new Set(named.map(personOf));
    const phones = named.flatMap(({ clientPhone }) => clientPhone ?? []);
    const emails = named.flatMap(({ clientPhone, clientEmail }) => (clientPhone ? [] : (clientEmail ?? [])));
    const related = [
      ...(await matching(executor, sql`client_phone = any(${phones}::text[])`)),
      ...(await matching(executor, byEmail(emails))),
    ].filter((order) => persons.has(personOf(order)));
    return [...new Map([...named, ...related].map((order) => [order.orderId, order])).values()];
  }

  /**
   * Locks the persons' data keys: nothing new is sealed for them until the transaction ends, and what was being sealed is
   * there. Taken before the orders are looked at.
   * @returns ids of those that live
   */
  async lockKeys(executor: Executor, persons: readonly string[]): Promise<string[]> {
    const subjects = await vaultOf(executor).subjectsOf(persons);
    const result = await sql<{ id: string }>`
      select id from data_keys where subject = any(${subjects}::bytea[]) and destroyed_at is null
      order by subject for update`.execute(executor);
    return result.rows.map(({ id }) => id);
  }

  /** Makes everything that was sealed with these keys unreadable for ever. */
  async destroyKeys(executor: Executor, ids: readonly string[]): Promise<number> {
    const done = await sql`update data_keys set wrapped = null, destroyed_at = clock_timestamp()
      where id = any(${[...ids]}::uuid[]) and destroyed_at is null`.execute(executor);
    return Number(done.numAffectedRows ?? 0n);
  }

  /** What else is known of persons by these orders: their applicants, and the records of Airtable. */
  async othersOf(executor: Executor, orderIds: readonly string[]): Promise<string[]> {
    const result = await sql<{ applicantId: string | null; recordId: string | null }>`
      select applicant_id, null as record_id from order_applicants where order_id = any(${[...orderIds]}::text[])
      union select null, record_id from visa_records where order_id = any(${[...orderIds]}::text[])`.execute(
      executor,
    );
    return result.rows.map(({ applicantId, recordId }) =>
      applicantId === null ? recordAsPerson(String(recordId)) : applicantAsPerson(applicantId),
    );
  }

  /** Phones that these orders had or have, as far as they are no other order's. */
  async phonesOf(executor: Executor, orderIds: readonly string[]): Promise<string[]> {
    const ids = [...orderIds];
    const result = await sql<{ phone: string }>`
      select distinct e.lane as phone from effects e where e.order_id = any(${ids}::text[]) and e.lane <> 'none'
        and not exists (select from orders o where o.client_phone = e.lane and o.order_id <> all(${ids}::text[]))`.execute(
      executor,
    );
    return result.rows.map(({ phone }) => phone);
  }

  /** Locks the effects and then the orders, as everything does, and looks at what is not done. */
  async lockOrders(executor: Executor, orderIds: readonly string[]): Promise<UnderWay> {
    const ids = [...orderIds];
    await sql`select id from effects where order_id = any(${ids}::text[]) order by id for update`.execute(
      executor,
    );
    await sql`select order_id from orders where order_id = any(${ids}::text[]) order by order_id for update`.execute(
      executor,
    );
    const result = await sql<UnderWay>`
      select count(*) filter (where state = 'claimed') as claimed,
        count(*) filter (where state = 'uncertain') as uncertain,
        count(*) filter (where state = 'planned') as planned,
        (select count(*) from deliveries where order_id = any(${ids}::text[]) and kind = 'order' and state = 'open') as open
      from effects where order_id = any(${ids}::text[])`.execute(executor);
    return result.rows[0] ?? { claimed: 0, uncertain: 0, planned: 0, open: 0 };
  }

  /** What was owed, or had failed, is withheld for good and says why. The caller holds the locks. */
  async withhold(executor: Executor, orderIds: readonly string[]): Promise<void> {
    await sql`
      with outcomes as (
        update effects set state = 'skipped', reason = 'erased', skipped_at = clock_timestamp(), lease_until = null
        where order_id = any(${[...orderIds]}::text[]) and state in ('planned', 'failed')
        returning id, order_id, kind, state, reason, correlation_id
      ), ${tellOutcomes('outcomes')}
      select from outcomes`.execute(executor);
  }

  /** Takes the person out of the rows that may be changed. @returns how many messages there were */
  async forget(executor: Executor, orderIds: readonly string[]): Promise<number> {
    const ids = [...orderIds];
    await sql`update effects set lane = 'none'
      where order_id = any(${ids}::text[]) and state in ('accepted', 'skipped')`.execute(executor);
    await sql`update orders set client_name = null, client_email = null, client_phone = null, client_sex = null
      where order_id = any(${ids}::text[])`.execute(executor);
    await sql`update order_details set applicants = null, applicants_key_id = null, details = null, details_key_id = null
      where order_id = any(${ids}::text[])`.execute(executor);
    await sql`update applicant_issues set phone = null where order_id = any(${ids}::text[])`.execute(
      executor,
    );
    await sql`update visa_records set applications = null, applications_key_id = null
      where order_id = any(${ids}::text[])`.execute(executor);
    const words = await sql`
      update messages set phone = null, parameters = null, parameters_key_id = null, document = null,
        document_key_id = null, next_phone = null, next_parameters = null, next_parameters_key_id = null
      where order_id = any(${ids}::text[])`.execute(executor);
    return Number(words.numAffectedRows ?? 0n);
  }

  /** Takes the rest of them away, where the application may not write. @returns how many deliveries lost their bytes */
  async forgetTraces(
    executor: Executor,
    orderIds: readonly string[],
    phones: readonly string[],
  ): Promise<number> {
    const result = await sql<{ emptied: number }>`
      select forget_traces(${[...orderIds]}::text[], ${[...phones]}::text[]) as emptied`.execute(executor);
    return result.rows[0]?.emptied ?? 0;
  }

  async record(executor: Executor, erasure: Insertable<Erasures>): Promise<void> {
    await this.create(executor, erasure);
  }

  /** Those of these that became orders. */
  async existing(executor: Executor, orderIds: readonly string[]): Promise<string[]> {
    const orders = await matching(executor, sql`order_id = any(${[...orderIds]}::text[])`);
    return orders.map(({ orderId }) => orderId);
  }

  /** Whether any delivery of an order of that id is here. */
  async isKnown(executor: Executor, orderId: string): Promise<boolean> {
    const result =
      await sql`select from deliveries where order_id = ${orderId} and kind = 'order' limit 1`.execute(
        executor,
      );
    return result.rows.length > 0;
  }
}

function conditionOf(who: Forgotten) {
  if ('phone' in who) return sql`client_phone = ${who.phone}`;
  return 'email' in who ? byEmail([who.email]) : sql`order_id = ${who.orderId}`;
}

function byEmail(emails: readonly string[]) {
  return sql`lower(client_email collate "C") = any(select lower(e collate "C") from unnest(${[...emails]}::text[]) e)`;
}

async function matching(
  executor: Executor,
  condition: ReturnType<typeof conditionOf>,
): Promise<OrderOfPerson[]> {
  const result = await sql<OrderOfPerson>`
    select order_id, client_phone, client_email from orders where ${condition} order by order_id`.execute(
    executor,
  );
  return result.rows;
}
