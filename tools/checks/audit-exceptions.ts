import type { AuditException } from './audit-report.ts';

/** Known weaknesses of packages that do not reach us, each with the reason and a day on which it is looked at again. */
export const auditExceptions: readonly AuditException[] = [];
