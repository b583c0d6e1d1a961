import { Problem } from '#services/problem.ts';
import type { Command, Given } from '../command.ts';
import { Progress } from '../progress.ts';
import { openSystem } from '../system.ts';

export const auditCommand: Command = {
  name: 'audit',
  summary: 'verify that no sealed event was changed, added or taken away',
  usage: 'verify [--json]',
  details: `Computes every seal on the history again from its events. Each seal's hash also stands in the log of the worker
that made it ("history sealed"): compare the last one there with the last one here to see whether the newest seals are gone.

  --json      prints the result as JSON

The status is 1 when any seal is broken.`,
  options: { json: { type: 'boolean' } },
  arguments: ['action'],
  run: runAudit,
};

async function runAudit({ values, positionals: [action], env }: Given): Promise<number> {
  if (action !== 'verify')
    throw new Problem(`audit does not know "${action}"`, 'npm run visapi -- audit verify');
  const system = await openSystem(env);
  try {
    const { VerifyHistory } = await import('@visapi/backend-events');
    const progress = new Progress('seals verified', undefined);
    const { seals, events, broken } = await system.queries.execute(
      new VerifyHistory((count) => progress.show(count)),
    );
    if (values['json'] === true) process.stdout.write(`${JSON.stringify({ seals, events, broken })}\n`);
    else {
      for (const seal of broken)
        process.stdout.write(
          `seal ${seal.sequence} (events ${seal.firstPosition} to ${seal.lastPosition}): ${seal.problem}\n`,
        );
      process.stdout.write(`${seals} seals, ${events} events, ${broken.length} broken\n`);
    }
    return broken.length > 0 ? 1 : 0;
  } finally {
    await system.close();
  }
}
