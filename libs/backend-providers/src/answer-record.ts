import { createHash } from 'node:crypto';

/** Told of every answer that a vendor gives, whatever its status, before anybody interprets it. */
export type HearAnswer = (status: number, bytes: Uint8Array) => void;

/**
 * What is kept of the calls of one attempt: how long they took together, and of the last answer its status and digest.
 * The digest proves what was answered to whoever still has the bytes; the text itself may hold personal values.
 */
export class AnswerRecord {
  private readonly beganAt = performance.now();
  private status: number | null = null;
  private responseSha256: string | null = null;

  readonly heard: HearAnswer = (status, bytes) => {
    this.status = status;
    this.responseSha256 = createHash('sha256').update(bytes).digest('hex');
  };

  /** Always all names, null where nothing was answered: evidence is merged, and none may show an earlier attempt's. */
  evidence(attempt: number) {
    const { status, responseSha256 } = this;
    return { attempt, status, responseSha256, durationMs: Math.round(performance.now() - this.beganAt) };
  }
}
