import { createHmac, randomUUID } from 'node:crypto';
import { seedApiKeys } from '@visapi/backend-access/seed';
import type { TestDatabase } from '@visapi/backend-testing';

export const pepper = 'pepper-of-a-test-that-is-long-enough-0123456789';
export const jwtSecret = 'jwt-secret-of-a-test-that-is-long-enough-0123456789';

/** Makes an API key that holds exactly these scopes. @returns it as it is presented */
export async function givenKey(test: TestDatabase, name: string, scopes: readonly string[]): Promise<string> {
  const key = `${name}.secret-of-${name}-${'x'.repeat(20)}`;
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys: [{ name, key, scopes }] });
  return key;
}

/** Makes a user who has signed in. @returns the access token */
export async function givenUser(test: TestDatabase, supabaseUrl: string, role: string): Promise<string> {
  const [id, sessionId] = [randomUUID(), randomUUID()];
  const email = `${role}-${id.slice(0, 8)}@visanet.app`;
  await test.query('insert into users (id, email, role) values ($1, $2, $3)', [id, email, role]);
  await test.query(`insert into sessions (id, user_id, method) values ($1, $2, 'password')`, [sessionId, id]);
  const now = Math.floor(Date.now() / 1_000);
  return signed({
    iss: `${supabaseUrl}/auth/v1`,
    aud: 'authenticated',
    sub: id,
    email,
    role: 'authenticated',
    session_id: sessionId,
    iat: now,
    exp: now + 3_600,
  });
}

function signed(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${content}.${createHmac('sha256', jwtSecret).update(content).digest('base64url')}`;
}
