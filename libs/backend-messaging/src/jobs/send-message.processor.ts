import { Injectable, Optional } from '@nestjs/common';
import { decideRetry, phoneDigits, Stopwatch } from '@visapi/backend-kernel';
import {
  AnswerRecord,
  CbbClient,
  failureClassOf,
  type LanePass,
  VendorError,
} from '@visapi/backend-providers';
import {
  type JobProcessor,
  type JobRequest,
  type JobResult,
  LeaseKeeper,
  putOff,
} from '@visapi/backend-queue';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository, type Evidence, leaseSeconds } from '@visapi/backend-repositories/effects';
import { type MessageClaim, MessagesRepository } from '@visapi/backend-repositories/messaging';
import { MessageJournal } from '../message-journal.js';
import { persistently } from '../persistently.js';
import { SendWindow } from '../send-window.js';
import { bindReceiptsJob } from './bind-receipts.job.js';
import { sendMessageJob, sendRetries } from './send-message.job.js';

interface Payload {
  readonly effectId: string;
}

/** Nobody can have taken a claim away that was asked for so short ago, and the call that follows begins well within its lease. */
const surelyHeldMs = (leaseSeconds * 1000) / 2;

/** At-most-once: whatever may have reached the vendor is never sent again; its outcome is recorded or stays unknown. */
@Injectable()
export class SendMessageProcessor implements JobProcessor<Payload> {
  readonly job = sendMessageJob;
  private readonly journal: MessageJournal;

  constructor(
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    private readonly effects: EffectsRepository,
    private readonly cbb: CbbClient,
    private readonly leases: LeaseKeeper,
    @Optional() window: SendWindow = new SendWindow(),
  ) {
    this.journal = new MessageJournal(database, messages, window.seconds);
  }

  async handle({ effectId }: Payload): Promise<JobResult> {
    const reason = this.cbb.withheld;
    if (reason) {
      const orderId = await this.effects.withhold(this.database.db, effectId, reason);
      if (orderId === null) return { outcome: 'not-mine' };
      return { outcome: 'skipped', event: 'message.skipped', orderId, reason };
    }
    // The vendor's rate is waited for before the claim: what waits has not been sent and must not look as if it had.
    const lane = this.cbb.lanes.messages;
    if (!lane.stop()) await this.cbb.turn();
    const pass = lane.enter();
    if ('waitMs' in pass)
      return await putOff(this.database, this.effects, { effectId, ...pass, job: this.job });
    try {
      return await this.attempt(effectId, pass);
    } finally {
      pass.leave();
    }
  }

  /** Not even begun, time after time: certainly not done, so it may be opened again when the cause is mended. */
  async exhausted({ effectId }: Payload): Promise<void> {
    await this.effects.giveUp(this.database.db, effectId);
  }

  private async attempt(effectId: string, pass: LanePass): Promise<JobResult> {
    const sinceAsked = new Stopwatch();
    const claim = await this.journal.claim(effectId);
    if (!claim) return { outcome: 'not-mine' };
    const held = this.leases.hold(claim);
    try {
      if (sinceAsked.elapsedMs() > surelyHeldMs) return await this.recordHeldUp(claim);
      return await this.send(claim, pass);
    } finally {
      held.release();
    }
  }

  private async send(claim: MessageClaim, pass: LanePass): Promise<JobResult> {
    const { correlationId, template, language } = claim;
    const parameters = JSON.parse(claim.parameters.toString()) as string[];
    const document =
      claim.document && (JSON.parse(claim.document.toString()) as { link: string; filename: string });
    const message = { phone: phoneDigits(claim.phone), template, language, parameters, document };
    const record = new AnswerRecord();
    try {
      await this.cbb.sendTemplate(message, { correlationId, paced: true, heard: record.heard });
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      pass.failed(error);
      const evidence = { vendor: error.vendor, answer: error.reason, ...record.evidence(claim.attempt) };
      return await persistently(() => this.recordFailure(claim, error, evidence));
    }
    pass.served();
    const evidence = { vendor: 'cbb', answer: 'success', ...record.evidence(claim.attempt) };
    return await persistently(() => this.recordAccepted(claim, evidence));
  }

  /**
   * The process stood still after its claim: the message may have been taken for uncertain and settled without it. Nothing
   * was sent, so what nobody has settled is given back.
   */
  private async recordHeldUp(claim: MessageClaim): Promise<JobResult> {
    const { effectId, orderId, correlationId, attempt } = claim;
    const reason = 'held-up';
    const evidence = {
      vendor: null,
      answer: reason,
      ...new AnswerRecord().evidence(attempt),
      durationMs: null,
    };
    const { db } = this.database;
    const state = await persistently(() => this.messages.release(db, claim, 0, reason, evidence));
    const next = sendMessageJob.request(`${effectId}-${attempt}`, { effectId });
    return toResult(state, { orderId, correlationId, attempt, reason }, [next]);
  }

  private async recordAccepted(claim: MessageClaim, evidence: Evidence): Promise<JobResult> {
    const { orderId, correlationId, attempt, effectId } = claim;
    const marked = await this.journal.markAccepted(claim, evidence);
    if (!marked) return { outcome: 'claim-lost', orderId, correlationId, attempt, attention: true };
    const next = marked.receiptsWait ? [bindReceiptsJob.request(effectId, { effectId })] : [];
    return { outcome: 'accepted', event: 'message.accepted', orderId, correlationId, attempt, next };
  }

  private async recordFailure(
    claim: MessageClaim,
    error: VendorError,
    evidence: Evidence,
  ): Promise<JobResult> {
    const { orderId, correlationId, attempt, effectId } = claim;
    const { decision, reason } = this.judge(claim, error);
    const told = { orderId, correlationId, attempt, reason };
    const { db } = this.database;
    if (decision.verdict === 'uncertain') {
      const state = await this.messages.markUncertain(db, claim, reason, evidence);
      if (state !== 'uncertain') return { outcome: 'settled', ...told };
      return { outcome: 'uncertain', event: 'message.uncertain', attention: true, ...told };
    }
    if (decision.verdict === 'failed')
      return toResult(await this.messages.fail(db, claim, reason, evidence), told, []);
    const { delayMs, counts } = decision;
    const state = await this.messages.release(db, claim, delayMs, reason, evidence, counts);
    return toResult(state, told, [sendMessageJob.request(`${effectId}-${attempt}`, { effectId }, delayMs)]);
  }

  /** What stopped the lane by now decides how long to wait, and is the reason when it is parked. */
  private judge(claim: MessageClaim, error: VendorError) {
    const failure = failureClassOf(error);
    const stop = this.cbb.lanes.messages.stop();
    const reason = failure === 'parked' && stop ? stop.reason : error.reason;
    const waitMs = Math.max(error.facts.retryAfterMs ?? 0, stop?.waitMs ?? 0);
    const decision = decideRetry(sendRetries, failure, claim, waitMs, Math.random());
    return { decision, reason };
  }
}

interface Told {
  readonly orderId: string;
  readonly correlationId: string;
  readonly attempt: number;
  readonly reason: string;
}

/** @param state what the message is by now; undefined = this attempt may no longer write */
function toResult(state: string | undefined, told: Told, next: readonly JobRequest[]): JobResult {
  if (state === undefined) return { outcome: 'claim-lost', ...told, attention: true };
  if (state === 'failed') return { outcome: 'failed', event: 'message.failed', attention: true, ...told };
  if (state === 'skipped') return { outcome: 'skipped', event: 'message.skipped', ...told };
  return { outcome: 'retry', event: 'message.retry', next, ...told };
}
