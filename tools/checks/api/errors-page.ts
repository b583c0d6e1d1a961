import type { ErrorPage } from '@visapi/backend-kernel';

/** The page of all error codes, from the table that they are thrown by. */
export async function errorsPage(): Promise<string> {
  const { categoryPolicy, errorCodes } = await import('@visapi/backend-kernel');
  const entries: [string, ErrorPage][] = Object.entries(errorCodes);
  const parts = entries.map(([code, { category, cause, remedy, again }]) =>
    [
      `## ${code}`,
      `Status ${categoryPolicy[category].status}`,
      `**Cause.** ${cause}`,
      `**Remedy.** ${remedy}`,
      `**Send it again?** ${again}`,
    ].join('\n\n'),
  );
  const intro = [
    '# Error codes',
    'Generated from `libs/backend-kernel/src/error-codes.ts` by `npm run generate`; `npm test` fails when it is out of date. Codes are stable: decide by them, never by messages. The same page is served at `/api/docs/errors`, where `type` of an RFC 9457 answer points.',
  ];
  return `${[...intro, ...parts].join('\n\n')}\n`;
}
