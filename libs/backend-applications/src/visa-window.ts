import type { AirtableConfig } from '@visapi/backend-config';

/** How approvals are told, by the settings of this process. */
export class VisaWindow {
  /** How long after its completion an order's visas are sent by themselves. */
  readonly notifyWithinSeconds: number;
  /** Milliseconds between the messages of one order. */
  readonly pauseMs: number;
  /** Seconds between two looks at the completed view; 0 = only when an operator asks. */
  readonly pollSeconds: number;

  constructor(config: Pick<AirtableConfig, 'notifyWithinHours' | 'messageDelayMs' | 'pollSeconds'>) {
    this.notifyWithinSeconds = config.notifyWithinHours * 3600;
    this.pauseMs = config.messageDelayMs;
    this.pollSeconds = config.pollSeconds;
  }
}
