import type { Variable } from '@visapi/backend-config';

const titles: Readonly<Record<string, string>> = {
  process: 'Every process',
  http: 'Backend',
  limits: 'Limits of callers',
  worker: 'Worker',
  database: 'Database',
  queue: 'Queue',
  cache: 'Cache',
  access: 'API keys',
  auth: 'People who sign in (Supabase Auth)',
  airtable: 'Airtable (where the staff work)',
  cbb: 'CBB (WhatsApp CRM)',
  mail: 'Mails about signing in (Resend)',
  logs: 'Log lines in the database',
  messaging: 'Messages',
  retention: 'What grows old',
  waba: 'WhatsApp at Meta',
};

/** The page of all environment variables, from the slices that read them. */
export async function environmentPage(): Promise<string> {
  const { slices } = await import('@visapi/backend-config');
  const parts = Object.entries(slices).map(([name, slice]) =>
    [`## ${titles[name] ?? name}`, '', ...table(Object.values(slice))].join('\n'),
  );
  const intro = [
    '# Environment',
    '',
    'Generated from `libs/backend-config` by `npm run generate`; `npm test` fails when it is out of date. Numbers are plain',
    'integers in the unit given, booleans the words `true` and `false`. All problems are reported together at start.',
  ];
  return `${[intro.join('\n'), ...parts].join('\n\n')}\n`;
}

const notes: Readonly<Record<Variable<unknown>['needed'], string>> = {
  always: ' **Required.**',
  production: ' **Required in production.**',
  'never-in-production': ' **Refused in production.**',
  optional: '',
};

function table(variables: readonly Variable<unknown>[]): string[] {
  const rows = variables.map(({ name, shownDefault, needed, meaning }) => {
    const fallback = shownDefault === undefined || needed === 'production' ? '–' : `\`${shownDefault}\``;
    const required = notes[needed];
    return `| \`${name}\` | ${fallback} | ${meaning}.${required} |`;
  });
  return ['| Variable | Default | Meaning |', '|---|---|---|', ...rows];
}
