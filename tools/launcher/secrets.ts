import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeJson } from '../services/files.ts';

/** Made once per VISAPI_HOME, so that keys and data still fit each other after a restart. */
export interface Secrets {
  readonly postgresPassword: string;
  readonly appPassword: string;
  readonly pepper: string;
  readonly encryptionKeys: string;
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly cbbApiKey: string;
  readonly airtableApiKey: string;
  readonly resendApiKey: string;
  readonly wabaAccessToken: string;
  readonly wabaAppSecret: string;
  readonly wabaVerifyToken: string;
  readonly adminApiKey: string;
  readonly viziApiKey: string;
  readonly adminPassword: string;
}

export async function loadSecrets(home: string): Promise<Secrets> {
  const file = join(home, 'secrets.json');
  const kept = await readJson<Partial<Secrets>>(file);
  // One that a newer version added is made now, the others stay.
  const secrets = { ...generate(), ...kept };
  await writeJson(file, secrets);
  return secrets;
}

function generate(): Secrets {
  return {
    postgresPassword: token(18),
    appPassword: token(18),
    pepper: token(32),
    encryptionKeys: `k1:${randomBytes(32).toString('base64')}`,
    jwtSecret: token(36),
    publishableKey: `sb_publishable_${token(18)}`,
    secretKey: `sb_secret_${token(18)}`,
    cbbApiKey: token(18),
    airtableApiKey: token(24),
    resendApiKey: token(24),
    wabaAccessToken: token(24),
    wabaAppSecret: randomBytes(16).toString('hex'),
    wabaVerifyToken: token(12),
    adminApiKey: apiKey('admin'),
    viziApiKey: apiKey('vizi'),
    adminPassword: `${token(12)}-7aA`,
  };
}

function apiKey(name: string): string {
  return `${name}_${randomBytes(4).toString('hex')}.${token(24)}`;
}

function token(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
