import { type ErrorPage, errorCodes } from '@visapi/backend-kernel';
import { statusOfCode } from './errors.js';

type Entry = readonly [code: keyof typeof errorCodes, page: ErrorPage];

/** The page at `/api/docs/errors`; `type` of an RFC 9457 answer is the place of its code here. */
export function errorsPage(): string {
  const parts = (Object.entries(errorCodes) as Entry[]).map(
    ([code, { cause, remedy, again }]) => `
      <section id="${code.toLowerCase()}">
        <h2>${code} <small>${statusOfCode(code)}</small></h2>
        <dl>
          <dt>Cause</dt><dd>${marked(cause)}</dd>
          <dt>Remedy</dt><dd>${marked(remedy)}</dd>
          <dt>Send it again?</dt><dd>${marked(again)}</dd>
        </dl>
      </section>`,
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>VisAPI: error codes</title>
    <link rel="icon" href="data:,">
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
      h2 { font-size: 1.1rem; margin: 2rem 0 .25rem; } h2 small { color: #6a737d; font-weight: normal; }
      section:target { background: #fff8c5; outline: .5rem solid #fff8c5; }
      dl { margin: 0; } dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0; }
      code { background: #f0f2f4; padding: 0 .25em; border-radius: 3px; }
    </style>
  </head>
  <body>
    <h1>Error codes</h1>
    <p>Codes are stable: decide by them, never by messages. <a href="/api/docs">The API</a></p>${parts.join('')}
  </body>
</html>
`;
}

/** The texts mark code as Markdown does; nothing in them comes from outside. */
function marked(text: string): string {
  return text.replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
