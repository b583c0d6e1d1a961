import { Injectable } from '@nestjs/common';
import { decideRetry, newId } from '@visapi/backend-kernel';
import {
  AnswerRecord,
  CbbClient,
  failureClassOf,
  type FieldOutcome,
  type LanePass,
  upsertContact,
  VendorError,
} from '@visapi/backend-providers';
import {
  type HeldClaim,
  type JobProcessor,
  type JobResult,
  LeaseKeeper,
  putOff,
} from '@visapi/backend-queue';
import { Database, isDatabaseUnavailable } from '@visapi/backend-repositories';
import { type ContactClaim, ContactsRepository } from '@visapi/backend-repositories/contacts';
import { EffectsRepository, type Evidence } from '@visapi/backend-repositories/effects';
import { ContactJournal } from '../contact-journal.js';
import { contactOf } from '../contact-fields.js';
import { problemOfOurs, problemOfVendor, type SyncProblem } from '../sync-outcome.js';
import { heldFields, namesOf, outcomesOf, planSync, type SyncPlan } from '../sync-plan.js';
import { CheckCbbFields } from './check-cbb-fields.timer.js';
import { syncContactJob, syncRetries } from './sync-contact.job.js';

interface Payload {
  readonly effectId: string;
}

/** One claim being worked on, and what has become of its fields so far. */
interface Attempt {
  readonly claim: ContactClaim;
  readonly plan: SyncPlan;
  readonly held: HeldClaim;
  readonly pass: LanePass;
  readonly outcomes: Map<string, FieldOutcome>;
  readonly record: AnswerRecord;
}

const busyPauseMs = 400;

/** At-least-once: writing the same values twice is harmless, so whatever may pass is tried again for a day. */
@Injectable()
export class SyncContactProcessor implements JobProcessor<Payload> {
  readonly job = syncContactJob;
  private readonly journal: ContactJournal;

  constructor(
    private readonly database: Database,
    contacts: ContactsRepository,
    private readonly effects: EffectsRepository,
    private readonly cbb: CbbClient,
    private readonly leases: LeaseKeeper,
    private readonly fields: CheckCbbFields,
  ) {
    this.journal = new ContactJournal(database, contacts);
  }

  async handle({ effectId }: Payload): Promise<JobResult> {
    if (this.cbb.withheld) return await this.withhold(effectId, this.cbb.withheld);
    const pass = this.cbb.lanes.contacts.enter();
    if ('waitMs' in pass)
      return await putOff(this.database, this.effects, { effectId, ...pass, job: this.job });
    try {
      return await this.sync(effectId, pass);
    } finally {
      pass.leave();
    }
  }

  /** Not even begun, time after time: certainly not done, so it may be opened again when the cause is mended. */
  async exhausted({ effectId }: Payload): Promise<void> {
    await this.effects.giveUp(this.database.db, effectId);
  }

  private async sync(effectId: string, pass: LanePass): Promise<JobResult> {
    const claim = await this.journal.claim(effectId);
    if (claim === undefined) return { outcome: 'not-mine' };
    if (claim === 'busy')
      return { outcome: 'busy', next: [syncContactJob.request(newId(), { effectId }, busyPauseMs)] };
    if (!claim.newest) return await this.supersede(claim);
    const names = Object.keys(this.cbb.fieldIds);
    const plan = planSync(claim, contactOf(claim.newest), names, this.fields.wrong);
    const held = this.leases.hold(claim);
    const outcomes = new Map<string, FieldOutcome>();
    const attempt = { claim, plan, held, pass, outcomes, record: new AnswerRecord() };
    try {
      return await this.write(attempt);
    } catch (error) {
      return await this.settle(attempt, error);
    } finally {
      held.release();
    }
  }

  private async withhold(effectId: string, reason: string): Promise<JobResult> {
    const orderId = await this.effects.withhold(this.database.db, effectId, reason);
    if (orderId === null) return { outcome: 'not-mine' };
    return { outcome: 'skipped', event: 'contact.skipped', orderId, reason };
  }

  private async supersede(claim: ContactClaim): Promise<JobResult> {
    await this.effects.supersede(this.database.db, claim);
    return { outcome: 'skipped', event: 'contact.skipped', ...lineOf(claim), reason: 'superseded' };
  }

  private async write(attempt: Attempt): Promise<JobResult> {
    const { claim, plan, outcomes, record } = attempt;
    const { version, lane: phone } = claim;
    const written = await this.upsert(attempt);
    const answered = { vendor: 'cbb', answer: 'success', ...record.evidence(claim.attempt) };
    const evidence = { ...written, version, ...answered, ...outcomesOf(plan, outcomes) };
    if (namesOf(outcomes, 'refused').length > 0) return await this.fail(claim, 'field-refused', evidence);
    const fields = heldFields(plan, outcomes);
    const synced = { claim, phone, version, cbbContactId: written.contactId, fields, evidence };
    if (!(await this.journal.markSynced(synced))) return await this.lost(claim);
    return { outcome: 'accepted', event: 'contact.synced', ...lineOf(claim) };
  }

  private async upsert({ claim, plan, held, pass, outcomes, record }: Attempt) {
    const { version, lane: phone, correlationId, confirmedFields } = claim;
    if (plan.isHeld && claim.cbbContactId !== null) {
      for (const name of confirmedFields) outcomes.set(name, 'kept');
      return { contactId: claim.cbbContactId, created: false, basicDataDiffers: false };
    }
    const onConfirmed = async (cbbContactId: string, fields: readonly string[]): Promise<void> => {
      await this.journal.recordProgress(claim, { phone, version, cbbContactId, fields });
    };
    const options = { correlationId, signal: held.signal, heard: record.heard };
    const upserted = await upsertContact(this.cbb, plan.change, { outcomes, onConfirmed }, options);
    pass.served();
    return upserted;
  }

  /** What was written after the claim was taken away may have overwritten newer values. */
  private async lost(claim: ContactClaim): Promise<JobResult> {
    await this.effects.oweContactAgain(this.database.db, claim.lane);
    return { outcome: 'claim-lost', ...lineOf(claim) };
  }

  private async settle(current: Attempt, error: unknown): Promise<JobResult> {
    const { claim, plan, outcomes, held, pass, record } = current;
    // Without the database nothing can be written down: the lease runs out and the sweep takes the effect back.
    if (isDatabaseUnavailable(error)) throw error;
    if (held.signal.aborted) return await this.lost(claim);
    const problem = this.judge(pass, error);
    const { reason } = problem;
    // Another try writes what was refused again, so that only the last one may say it.
    const { refused: _perhapsNot, ...known } = outcomesOf(plan, outcomes);
    const evidence = { ...problem.evidence, ...record.evidence(claim.attempt), ...known };
    const decision = decideRetry(syncRetries, problem.failure, claim, problem.retryAfterMs, Math.random());
    if (decision.verdict !== 'retry') return await this.fail(claim, reason, evidence);
    const { delayMs, counts } = decision;
    const { db } = this.database;
    const released = await this.effects.release(db, claim, delayMs, reason, evidence, counts);
    if (!released) return await this.lost(claim);
    const { effectId, attempt } = claim;
    const next = [syncContactJob.request(`${effectId}-${attempt}`, { effectId }, delayMs)];
    return { outcome: 'retry', event: 'contact.retry', next, ...lineOf(claim), reason };
  }

  /** Tells the lane as well; what has stopped it by now decides how long to wait, and is the reason when it is parked. */
  private judge(pass: LanePass, error: unknown): SyncProblem {
    if (!(error instanceof VendorError)) return problemOfOurs(error);
    pass.failed(error);
    const problem = problemOfVendor(error, failureClassOf(error));
    const stop = this.cbb.lanes.contacts.stop();
    const reason = problem.failure === 'parked' && stop ? stop.reason : problem.reason;
    return { ...problem, reason, retryAfterMs: Math.max(problem.retryAfterMs, stop?.waitMs ?? 0) };
  }

  private async fail(claim: ContactClaim, reason: string, evidence: Evidence): Promise<JobResult> {
    if (!(await this.effects.fail(this.database.db, claim, reason, evidence))) return await this.lost(claim);
    return { outcome: 'failed', event: 'contact.failed', attention: true, ...lineOf(claim), reason };
  }
}

function lineOf({ orderId, correlationId, attempt }: ContactClaim) {
  return { orderId, correlationId, attempt };
}
