import type { ApiDescription, Operation } from './breaking-changes.ts';

interface Told extends Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly description?: string;
  readonly 'x-rate-class': string;
}

/** The table of all routes: who may call what, on which budget. */
export function routesPage({ paths }: ApiDescription): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, Told>>).map(([method, told]) => {
      const cells = [
        `\`${method.toUpperCase()} ${path}\``,
        ruleOf(told),
        told['x-rate-class'],
        `\`${told.operationId}\``,
        told.summary,
      ];
      return { tag: told.tags[0] ?? '', line: `| ${cells.join(' | ')} |` };
    }),
  );
  const head = ['| Route | Who | Rate class | Operation | For |', '|---|---|---|---|---|'];
  const parts = [...Map.groupBy(rows, ({ tag }) => tag)].sort(([a], [b]) => (a < b ? -1 : 1));
  const tables = parts.map(([tag, group]) =>
    [`## ${tag}`, '', ...head, ...group.map(({ line }) => line)].join('\n'),
  );
  const intro =
    '# Routes\n\nGenerated from `docs/openapi.json` by `npm run generate`; `npm test` fails when it is out of date, and asks every route with each kind of credential (`api-inventory.e2e-spec`).';
  return `${[intro, ...tables].join('\n\n')}\n`;
}

function ruleOf({ security = [], description = '' }: Told): string {
  if (security.length === 0) return 'everybody';
  const scopes = security[0]?.['apiKey'] ?? [];
  if (scopes.length > 0) return scopes.map((scope) => `\`${scope}\``).join(' ');
  return description.includes('Demands the session of a user') ? 'a session' : 'whoever is known';
}
