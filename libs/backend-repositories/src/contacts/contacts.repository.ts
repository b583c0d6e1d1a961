import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { violatedConstraint } from '../db/errors.js';
import type { Claim } from '../effects/effects.repository.js';
import { claimContacts, type ContactClaim } from './claim-contacts.js';
import { markContactsSynced, type SyncedContact } from './mark-contacts-synced.js';

@Injectable()
export class ContactsRepository {
  /**
   * Claims a contact effect. "busy" when another worker writes the same contact at this moment, undefined when the
   * effect is done, taken or not yet due.
   */
  async claim(executor: Executor, effectId: string): Promise<ContactClaim | 'busy' | undefined> {
    try {
      const [claim] = await claimContacts(executor, [effectId], 'wait');
      return claim;
    } catch (error) {
      if (violatedConstraint(error) === 'effects_contact_lane_key') return 'busy';
      throw error;
    }
  }

  /** Claims what can be claimed at once: one effect of a phone, and nothing that somebody else holds. */
  async claimTogether(executor: Executor, effectIds: readonly string[]): Promise<ContactClaim[]> {
    return await claimContacts(executor, effectIds, 'skip');
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
  async markSynced(executor: Executor, synced: SyncedContact): Promise<boolean> {
    return (await markContactsSynced(executor, [synced], 'wait')).length > 0;
  }

  /** The same of many, passing over what somebody else holds. @returns ids of the effects that are done */
  async markSyncedTogether(executor: Executor, synced: readonly SyncedContact[]): Promise<string[]> {
    return await markContactsSynced(executor, synced, 'skip');
  }
}
