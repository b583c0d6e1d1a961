import type { Command } from './command.ts';
import { auditCommand } from './commands/audit.ts';
import { eventsCommand } from './commands/events.ts';
import { importCommand } from './commands/import.ts';
import { keysCommand } from './commands/keys.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { privacyCommand } from './commands/privacy.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { replayCommand } from './commands/replay.ts';
import { rolesCommand } from './commands/roles.ts';
import { usersCommand } from './commands/users.ts';

/** Everything `npm run visapi` can do besides helping. */
export const commands: readonly Command[] = [
  importCommand,
  ledgerCommand,
  reconcileCommand,
  replayCommand,
  auditCommand,
  eventsCommand,
  keysCommand,
  privacyCommand,
  usersCommand,
  rolesCommand,
];
