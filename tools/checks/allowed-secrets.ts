import type { AllowedSecret } from './secret-scan.ts';

/** What looks like a secret in a tracked file and is none, each with the reason. */
export const allowedSecrets: readonly AllowedSecret[] = [
  {
    file: 'tools/checks/api/describe.ts',
    kind: 'PostgreSQLConnection',
    why: 'the address of a server that does not exist: the backend only has to parse it',
  },
  {
    file: 'tools/launcher/dev-json.spec.ts',
    kind: 'PostgreSQLConnection',
    why: 'invented addresses that are put together and compared, never called',
  },
];
