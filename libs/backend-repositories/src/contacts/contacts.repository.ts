import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { violatedConstraint } from '../db/errors.js';
import { type Claim, type Evidence, leaseSeconds } from '../effects/effects.repository.js';

/** How the semantic key of an operator's resync ends: see `resyncKey`, and the two change together. */
const resyncPattern = ':resync:[0-9a-f-]{36}$';

/** A claimed contact effect with the newest order of its phone and what CBB has confirmed so far. */
export interface ContactClaim extends Claim {
  readonly orderId: string;
  readonly lane: string;
  readonly correlationId: string;
  /** Tries before this one that count against the job's policy. */
  readonly tries: number;
  /** Undefined when the phone has no order (any more) that owes a contact. */
  readonly newest: NewestOrder | undefined;
  readonly cbbContactId: string | null;
  /** What is to be held, in the words of `contacts.version`; an operator's resync is a version of its own. */
  readonly version: string;
  /** Fields that CBB confirmed for this version. */
  readonly confirmedFields: readonly string[];
  /** Fields that CBB confirmed for another version: of an older order, or of the order as it was. */
  readonly olderFields: readonly string[];
}

export interface NewestOrder {
  readonly newestOrderId: string;
  readonly contentVersion: number;
  readonly clientName: string | null;
  readonly clientEmail: string | null;
  readonly clientPhone: string;
  readonly clientSex: string | null;
  readonly branch: string;
  readonly productCountry: string | null;
  readonly productDocType: string | null;
  readonly productIntent: string | null;
  readonly productEntries: string | null;
  readonly productValidity: string | null;
  readonly stayLimit: number | null;
  readonly visaQuantity: number | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly processingDays: number | null;
  readonly isUrgent: boolean;
  readonly whatsappAlertsEnabled: boolean;
  readonly entryDate: string | null;
  readonly firstReceivedAt: Date;
}

/** An order as `NewestOrder`. */
export const newestOrderColumns = sql`order_id as newest_order_id, content_version, client_name, client_email,
  client_phone, client_sex, branch, product_country, product_doc_type, product_intent, product_entries,
  product_validity, stay_limit, visa_quantity, amount, currency, processing_days, is_urgent,
  whatsapp_alerts_enabled, entry_date, first_received_at`;

type ClaimedRow = NewestOrder &
  Claim & {
    orderId: string;
    lane: string;
    correlationId: string;
    tries: number;
    cbbContactId: string | null;
    isResync: boolean;
    heldVersion: string | null;
    heldFields: string[] | null;
  };

@Injectable()
export class ContactsRepository {
  /**
   * Claims a contact effect. "busy" when another worker writes the same contact at this moment, undefined when the
   * effect is done, taken or not yet due.
   */
  async claim(executor: Executor, effectId: string): Promise<ContactClaim | 'busy' | undefined> {
    try {
      const row = await this.tryClaim(executor, effectId);
      return row && toClaim(row);
    } catch (error) {
      if (violatedConstraint(error) === 'effects_contact_lane_key') return 'busy';
      throw error;
    }
  }

  /** Remembers what CBB confirmed for a version, so that a retry goes on from there; only while the claim holds. */
  async recordProgress(
    executor: Executor,
    claim: Claim,
    progress: { phone: string; version: string; cbbContactId: string | null; fields: readonly string[] },
  ): Promise<void> {
    await sql`
      insert into contacts (phone, cbb_contact_id, version, confirmed_fields)
      select ${progress.phone}, ${progress.cbbContactId}, ${progress.version}, ${[...progress.fields]}::text[]
      from effects where id = ${claim.effectId} and attempt = ${claim.attempt} and state = 'claimed'
      on conflict (phone) do update set
        cbb_contact_id = coalesce(excluded.cbb_contact_id, contacts.cbb_contact_id),
        version = excluded.version, confirmed_fields = excluded.confirmed_fields, updated_at = now()`.execute(
      executor,
    );
  }

  /**
   * The contact holds the newest values: effect accepted, order flagged, fact appended.
   * @returns false when the claim was lost meanwhile
   */
  async markSynced(
    executor: Executor,
    claim: Claim,
    synced: {
      phone: string;
      version: string;
      cbbContactId: string;
      fields: readonly string[];
      evidence: Evidence;
    },
  ): Promise<boolean> {
    const result = await sql`
      with done as (
        update effects set state = 'accepted', accepted_at = clock_timestamp(), lease_until = null, reason = null,
          evidence = evidence || ${JSON.stringify(synced.evidence)}::jsonb
        where id = ${claim.effectId} and attempt = ${claim.attempt} and state = 'claimed'
        returning order_id, correlation_id
      ), held as (
        insert into contacts (phone, cbb_contact_id, version, confirmed_fields, synced_at)
        select ${synced.phone}, ${synced.cbbContactId}, ${synced.version}, ${[...synced.fields]}::text[], now() from done
        on conflict (phone) do update set cbb_contact_id = excluded.cbb_contact_id, version = excluded.version,
          confirmed_fields = excluded.confirmed_fields, synced_at = excluded.synced_at, updated_at = now()
      ), waiting as (
        select e.id from done join effects e on e.order_id = done.order_id and e.kind = 'message'
          and e.state = 'planned'
      ), flagged as (
        update orders o set event_version = event_version + 1, updated_at = now(),
          -- Content that came meanwhile has a contact effect of its own, which is still owed.
          cbb_synced = not exists (select from effects later where later.order_id = o.order_id
            and later.kind = 'contact' and later.state in ('planned', 'claimed') and later.id <> ${claim.effectId})
        from done where o.order_id = done.order_id
        returning o.order_id, o.event_version, done.correlation_id
      ), told as (
        insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
        select gen_random_uuid(), 'contact.synced', 'order', order_id, event_version, 'worker', correlation_id,
          jsonb_build_object('contactEffectId', ${claim.effectId}::uuid,
            'messageEffectIds', (select coalesce(jsonb_agg(id order by id), '[]') from waiting))
        from flagged
      )
      select order_id from done`.execute(executor);
    return result.rows.length > 0;
  }

  private async tryClaim(executor: Executor, effectId: string): Promise<ClaimedRow | undefined> {
    const result = await sql<ClaimedRow>`
      with claimed as (
        update effects set state = 'claimed', attempt = attempt + 1, claimed_at = clock_timestamp(),
          first_claimed_at = coalesce(first_claimed_at, clock_timestamp()),
          lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
        where id = ${effectId} and kind = 'contact' and state = 'planned'
        returning id, attempt, tries, order_id, lane, correlation_id, semantic_key
      )
      select claimed.id as effect_id, claimed.attempt, claimed.tries, claimed.order_id, claimed.lane, claimed.correlation_id,
        claimed.semantic_key ~ ${resyncPattern} as is_resync, newest.*, k.cbb_contact_id,
        k.version as held_version, k.confirmed_fields as held_fields
      from claimed
      left join lateral (
        select ${newestOrderColumns}
        from orders where client_phone = claimed.lane and branch = 'il'
        -- An expression, so that only the index on the phone fits.
        order by delivery_position + 0 desc limit 1
      ) newest on true
      left join contacts k on k.phone = claimed.lane`.execute(executor);
    return result.rows[0];
  }
}

function toClaim({ isResync, heldVersion, heldFields, ...row }: ClaimedRow): ContactClaim {
  const newest = row.newestOrderId === null ? undefined : row;
  // What was confirmed before an operator asked for everything again does not count, what this resync confirmed does.
  const version = `${row.newestOrderId}@${row.contentVersion}${isResync ? `+${row.effectId}` : ''}`;
  const held = heldFields ?? [];
  const sameVersion = newest !== undefined && heldVersion === version;
  const [confirmedFields, olderFields] = sameVersion ? [held, []] : [[], held];
  return { ...row, newest, version, confirmedFields, olderFields };
}
