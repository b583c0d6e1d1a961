import { Injectable } from '@nestjs/common';
import { newCorrelationId, Repeat } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { CbbClient, VendorError } from '@visapi/backend-providers';
import { compareFields, describeWrong, type FieldFinding } from '../field-check.js';

export interface FieldCheckState {
  readonly state: 'up' | 'down' | 'off';
  readonly needed: false;
  readonly detail?: string;
}

const everyMs = 180_000;

/**
 * Asks the account whether the configured ids are its fields of these names: ids belong to one account, and written by a
 * stranger's id a value lands in another field. A field found wrong is not written. Begins with the worker and holds
 * nothing up; what cannot be asked now is asked again, and what was found stands until then.
 */
@Injectable()
export class CheckCbbFields {
  private readonly repeat = new Repeat(() => this.look(), everyMs);
  private readonly stopped = new AbortController();
  private first: Promise<void> = Promise.resolve();
  private finding: FieldFinding | undefined;
  private problem = 'not asked yet';
  private told: string | undefined;

  constructor(
    private readonly cbb: CbbClient,
    private readonly log: Log,
  ) {}

  /** Names of fields that must not be written. */
  get wrong(): ReadonlySet<string> {
    return new Set(this.finding?.wrong.map(({ name }) => name));
  }

  start(): void {
    this.first = this.look();
    this.repeat.start();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.first;
    await this.repeat.stop();
  }

  check(): FieldCheckState {
    if (this.cbb.withheld) return { state: 'off', needed: false, detail: this.cbb.withheld };
    if (!this.finding) return { state: 'off', needed: false, detail: `unchecked: ${this.problem}` };
    const { wrong, missing } = this.finding;
    if (wrong.length > 0) return { state: 'down', needed: false, detail: describeWrong(wrong) };
    if (missing.length === 0) return { state: 'up', needed: false };
    return { state: 'up', needed: false, detail: `not listed by the account: ${missing.join(', ')}` };
  }

  /** One look; never throws. */
  async look(): Promise<void> {
    if (this.cbb.withheld || this.stopped.signal.aborted) return;
    try {
      const { signal } = this.stopped;
      const listed = await this.cbb.listFields({ correlationId: newCorrelationId(), signal });
      if (listed.length > 0) this.finding = compareFields(this.cbb.fieldIds, listed);
      else this.problem = 'the account lists no fields';
    } catch (error) {
      this.problem = error instanceof VendorError ? error.reason : 'internal-error';
    }
    this.tell();
  }

  /** Says what is new. */
  private tell(): void {
    const { state, detail } = this.check();
    const now = `${state} ${detail ?? ''}`;
    if (now === this.told || this.stopped.signal.aborted) return;
    this.told = now;
    const line = { event: 'cbb.fields', vendor: 'cbb', reason: detail ?? null };
    if (state === 'down') this.log.error('needs attention', line);
    else if (detail !== undefined) this.log.warn('fields of the CRM are in doubt', line);
  }
}
