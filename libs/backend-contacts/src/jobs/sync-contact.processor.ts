import { Injectable } from '@nestjs/common';
import { backoffMs, newId } from '@visapi/backend-kernel';
import { CbbClient, upsertContact, VendorError } from '@visapi/backend-providers';
import { type HeldClaim, type JobProcessor, type JobResult, LeaseKeeper } from '@visapi/backend-queue';
import { Database, isDatabaseUnavailable } from '@visapi/backend-repositories';
import { type ContactClaim, ContactsRepository } from '@visapi/backend-repositories/contacts';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { contactOf } from '../contact-fields.js';
import { syncContactJob } from './sync-contact.job.js';

interface Payload {
  readonly effectId: string;
}

const giveUpAfterSeconds = 24 * 3600;
const busyPauseMs = 400;

/** At-least-once: writing the same values twice is harmless, so whatever may pass is tried again for a day. */
@Injectable()
export class SyncContactProcessor implements JobProcessor<Payload> {
  readonly job = syncContactJob;

  constructor(
    private readonly database: Database,
    private readonly contacts: ContactsRepository,
    private readonly effects: EffectsRepository,
    private readonly cbb: CbbClient,
    private readonly leases: LeaseKeeper,
  ) {}

  async handle({ effectId }: Payload): Promise<JobResult> {
    if (this.cbb.withheld) return await this.withhold(effectId, this.cbb.withheld);
    const claim = await this.contacts.claim(this.database.db, effectId);
    if (claim === undefined) return { outcome: 'not-mine' };
    if (claim === 'busy')
      return { outcome: 'busy', next: [syncContactJob.request(newId(), { effectId }, busyPauseMs)] };
    const held = this.leases.hold(claim);
    try {
      return await this.write(claim, held);
    } catch (error) {
      return await this.settle(claim, held, error);
    } finally {
      held.release();
    }
  }

  private async withhold(effectId: string, reason: string): Promise<JobResult> {
    const orderId = await this.effects.withhold(this.database.db, effectId, reason);
    if (orderId === null) return { outcome: 'not-mine' };
    return { outcome: 'skipped', event: 'contact.skipped', orderId, reason };
  }

  private async write(claim: ContactClaim, held: HeldClaim): Promise<JobResult> {
    const { newest, orderId, correlationId, attempt, lane: phone } = claim;
    if (!newest) {
      await this.effects.supersede(this.database.db, claim);
      return { outcome: 'skipped', event: 'contact.skipped', orderId, correlationId, reason: 'superseded' };
    }
    const version = `${newest.newestOrderId}@${newest.contentVersion}`;
    const wanted = contactOf(newest);
    const all = wanted.fields.map((field) => field.name);
    const remember = async (cbbContactId: string, fields: readonly string[]): Promise<void> => {
      await this.contacts.recordProgress(this.database.db, claim, { phone, version, cbbContactId, fields });
    };
    const started = performance.now();
    const isWritten =
      claim.cbbContactId !== null && all.every((name) => claim.confirmedFields.includes(name));
    const written = isWritten
      ? { contactId: claim.cbbContactId ?? '', created: false, basicDataDiffers: false }
      : await this.upsert(wanted, claim, held, remember);
    const evidence = { ...written, version, durationMs: Math.round(performance.now() - started) };
    const synced = { phone, version, cbbContactId: written.contactId, fields: all, evidence };
    const marked = await this.contacts.markSynced(this.database.db, claim, synced);
    if (!marked) return await this.lost(claim);
    return { outcome: 'accepted', event: 'contact.synced', orderId, correlationId, attempt };
  }

  private async upsert(
    wanted: ReturnType<typeof contactOf>,
    claim: ContactClaim,
    held: HeldClaim,
    remember: (contactId: string, fields: readonly string[]) => Promise<void>,
  ) {
    const { correlationId, confirmedFields } = claim;
    return await upsertContact(this.cbb, wanted, confirmedFields, remember, {
      correlationId,
      signal: held.signal,
    });
  }

  /** What was written after the claim was taken away may have overwritten newer values. */
  private async lost({ lane, orderId, correlationId, attempt }: ContactClaim): Promise<JobResult> {
    await this.effects.oweContactAgain(this.database.db, lane);
    return { outcome: 'claim-lost', orderId, correlationId, attempt };
  }

  private async settle(claim: ContactClaim, held: HeldClaim, error: unknown): Promise<JobResult> {
    // Without the database nothing can be written down: the lease runs out and the sweep takes the effect back.
    if (isDatabaseUnavailable(error)) throw error;
    if (held.signal.aborted) return await this.lost(claim);
    const { orderId, correlationId, attempt, effectId } = claim;
    const { reason, permanent, retryAfterMs, evidence } = judge(error);
    const told = { orderId, correlationId, attempt, reason };
    if (permanent || claim.tryingForSeconds > giveUpAfterSeconds) {
      const failed = await this.effects.fail(this.database.db, claim, reason, evidence);
      if (!failed) return await this.lost(claim);
      return { outcome: 'failed', event: 'contact.failed', attention: true, ...told };
    }
    const delayMs = Math.max(retryAfterMs, backoffMs(this.job.backoff, attempt, Math.random()));
    const released = await this.effects.release(this.database.db, claim, delayMs, reason, evidence);
    if (!released) return await this.lost(claim);
    const next = [syncContactJob.request(`${effectId}-${attempt}`, { effectId }, delayMs)];
    return { outcome: 'retry', event: 'contact.retry', next, ...told };
  }
}

/** What an error means for an effect that may be repeated. What nobody classified is tried again as well. */
function judge(error: unknown) {
  if (!(error instanceof VendorError)) {
    const name = error instanceof Error ? error.name : 'unknown';
    return { reason: 'internal-error', permanent: false, retryAfterMs: 0, evidence: { error: name } };
  }
  const { vendor, reason, kind, facts } = error;
  const permanent = kind === 'rejected' || kind === 'unexpected';
  const evidence = { vendor, answer: reason, status: facts.status ?? null };
  return { reason, permanent, retryAfterMs: facts.retryAfterMs ?? 0, evidence };
}
