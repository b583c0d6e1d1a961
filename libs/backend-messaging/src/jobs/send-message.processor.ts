import { Injectable, Optional } from '@nestjs/common';
import { backoffMs, newId, phoneDigits } from '@visapi/backend-kernel';
import { CbbClient, VendorError } from '@visapi/backend-providers';
import { type JobProcessor, type JobResult, LeaseKeeper } from '@visapi/backend-queue';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { type MessageClaim, MessagesRepository } from '@visapi/backend-repositories/messaging';
import { persistently } from '../persistently.js';
import { judgeSend } from '../send-outcome.js';
import { SendWindow } from '../send-window.js';
import { bindReceiptsJob } from './bind-receipts.job.js';
import { sendMessageJob } from './send-message.job.js';

interface Payload {
  readonly effectId: string;
}

/** At-most-once: whatever may have reached the vendor is never sent again; its outcome is recorded or stays unknown. */
@Injectable()
export class SendMessageProcessor implements JobProcessor<Payload> {
  readonly job = sendMessageJob;

  constructor(
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    private readonly effects: EffectsRepository,
    private readonly cbb: CbbClient,
    private readonly leases: LeaseKeeper,
    @Optional() private readonly window: SendWindow = new SendWindow(),
  ) {}

  async handle({ effectId }: Payload): Promise<JobResult> {
    const reason = this.cbb.withheld;
    if (reason) {
      const orderId = await this.effects.withhold(this.database.db, effectId, reason);
      if (orderId === null) return { outcome: 'not-mine' };
      return { outcome: 'skipped', event: 'message.skipped', orderId, reason };
    }
    // The vendor's rate is waited for before the claim: what waits has not been sent and must not look as if it had.
    await this.cbb.turn();
    const claim = await this.claim(effectId);
    if (!claim) return { outcome: 'not-mine' };
    const held = this.leases.hold(claim);
    try {
      return await this.send(claim);
    } finally {
      held.release();
    }
  }

  /**
   * When the database's answer is lost, the claim may stand although nobody holds it; left alone it would end as a
   * message of unknown outcome, and we know that nothing was sent.
   */
  private async claim(effectId: string): Promise<MessageClaim | undefined> {
    const token = newId();
    const { db } = this.database;
    try {
      return await this.messages.claim(db, effectId, token, this.window.seconds);
    } catch (error) {
      await persistently(() => this.messages.unclaim(db, effectId, token));
      throw error;
    }
  }

  private async send(claim: MessageClaim): Promise<JobResult> {
    const { correlationId, template, language } = claim;
    const parameters = JSON.parse(claim.parameters.toString()) as string[];
    const document =
      claim.document && (JSON.parse(claim.document.toString()) as { link: string; filename: string });
    const message = { phone: phoneDigits(claim.phone), template, language, parameters, document };
    const started = performance.now();
    try {
      await this.cbb.sendTemplate(message, { correlationId, paced: true });
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      return await persistently(() => this.recordFailure(claim, error));
    }
    const evidence = {
      vendor: 'cbb',
      answer: 'success',
      durationMs: Math.round(performance.now() - started),
    };
    return await persistently(() => this.recordAccepted(claim, evidence));
  }

  private async recordAccepted(
    claim: MessageClaim,
    evidence: Readonly<Record<string, string | number>>,
  ): Promise<JobResult> {
    const { orderId, correlationId, attempt, effectId } = claim;
    const marked = await this.messages.markAccepted(this.database.db, claim, evidence);
    if (!marked) return { outcome: 'claim-lost', orderId, correlationId, attempt, attention: true };
    const next = marked.receiptsWait ? [bindReceiptsJob.request(effectId, { effectId })] : [];
    return { outcome: 'accepted', event: 'message.accepted', orderId, correlationId, attempt, next };
  }

  private async recordFailure(claim: MessageClaim, error: VendorError): Promise<JobResult> {
    const { orderId, correlationId, attempt, effectId } = claim;
    const { reason, facts } = error;
    const told = { orderId, correlationId, attempt, reason };
    const evidence = { vendor: error.vendor, answer: reason, status: facts.status ?? null };
    const verdict = judgeSend(error, attempt);
    if (verdict === 'uncertain') {
      const state = await this.messages.markUncertain(this.database.db, claim, reason, evidence);
      if (state !== 'uncertain') return { outcome: 'settled', ...told };
      return { outcome: 'uncertain', event: 'message.uncertain', attention: true, ...told };
    }
    const delayMs = Math.max(facts.retryAfterMs ?? 0, backoffMs(this.job.backoff, attempt, Math.random()));
    const state =
      verdict === 'failed'
        ? await this.messages.fail(this.database.db, claim, reason, evidence)
        : await this.messages.release(this.database.db, claim, delayMs, reason, evidence);
    if (state === undefined) return { outcome: 'claim-lost', ...told, attention: true };
    if (state === 'failed') return { outcome: 'failed', event: 'message.failed', attention: true, ...told };
    if (state === 'skipped') return { outcome: 'skipped', event: 'message.skipped', ...told };
    const next = [sendMessageJob.request(`${effectId}-${attempt}`, { effectId }, delayMs)];
    return { outcome: 'retry', event: 'message.retry', next, ...told };
  }
}
