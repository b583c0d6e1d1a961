/** One known weakness of a package that runs in production. */
interface Advisory {
  readonly id: string;
  readonly package: string;
  readonly severity: string;
  readonly title: string;
}

/** A weakness that does not reach us, and until when that is believed. */
export interface AuditException {
  /** GHSA-… */
  readonly id: string;
  readonly why: string;
  /** A day, such as 2027-01-31: then it is looked at again. */
  readonly until: string;
}

export type Audit =
  | { readonly kind: 'answered'; readonly advisories: readonly Advisory[] }
  | { readonly kind: 'unreachable'; readonly why: string };

/** What `pnpm audit --json` printed. @throws when it says neither what it found nor why it could not ask */
export function readAudit(output: string): Audit {
  const unreachable = /ERR_PNPM_AUDIT_\w+|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/.exec(output);
  if (unreachable) {
    const status = /responded with (\d{3})/.exec(output)?.[1];
    const why = status === undefined ? unreachable[0] : `it answers ${status}`;
    return { kind: 'unreachable', why };
  }
  const begin = output.indexOf('{');
  const report = JSON.parse(begin < 0 ? 'null' : output.slice(begin)) as { advisories?: unknown } | null;
  if (typeof report?.advisories !== 'object' || report.advisories === null)
    throw new Error(`pnpm audit answers in another form than expected: ${output.slice(0, 300)}`);
  return { kind: 'answered', advisories: Object.values(report.advisories).map(toAdvisory) };
}

function toAdvisory(given: unknown): Advisory {
  const { github_advisory_id: id, module_name: name, severity, title } = given as Record<string, unknown>;
  return { id: String(id), package: String(name), severity: String(severity), title: String(title) };
}

/** What nobody has explained, and what needs no explanation any more. */
export function problemsOf(
  advisories: readonly Advisory[],
  exceptions: readonly AuditException[],
  today: string,
): string[] {
  const open = advisories.filter(({ id }) => !exceptions.some((one) => one.id === id && one.until >= today));
  const idle = exceptions.filter(({ id }) => !advisories.some((advisory) => advisory.id === id));
  return [
    ...open.map(
      ({ id, package: name, severity, title }) =>
        `${name}: ${title} (${severity}, ${id}). Take a version without it, or say in tools/checks/audit-exceptions.ts why it does not reach us.`,
    ),
    ...idle.map(
      ({ id }) => `tools/checks/audit-exceptions.ts explains ${id}, which nothing has: take it out.`,
    ),
  ];
}
