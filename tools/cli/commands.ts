import type { Command } from './command.ts';
import {
  cacheCommand,
  deadLettersCommand,
  deliveriesCommand,
  logsCommand,
  messagesCommand,
  ordersCommand,
  queuesCommand,
  timelineCommand,
} from './commands/api-commands.ts';
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
  ordersCommand,
  timelineCommand,
  deliveriesCommand,
  messagesCommand,
  importCommand,
  ledgerCommand,
  reconcileCommand,
  replayCommand,
  auditCommand,
  eventsCommand,
  deadLettersCommand,
  queuesCommand,
  cacheCommand,
  logsCommand,
  keysCommand,
  privacyCommand,
  usersCommand,
  rolesCommand,
];
