import type { Guardian } from '../services/guardian.ts';

let running: Guardian | undefined;

/** Jest loads set-up and teardown into one process but hands nothing from one to the other. */
export function keep(guardian: Guardian): void {
  running = guardian;
}

export async function stopAll(): Promise<void> {
  await running?.close();
  running = undefined;
}
