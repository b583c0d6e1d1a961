import type { ProcessConfig } from '@visapi/backend-config';

/** What of the configuration decides how keys are made. */
export class KeySettings {
  constructor(
    readonly pepper: string,
    /** Days that a key lives when nothing is said. */
    readonly expiryDays: number,
    readonly environment: ProcessConfig['environment'],
  ) {}
}
