import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from './load.js';
import { slices } from './slices.js';
import type { Variable } from './variable.js';

/** Every variable of every slice that holds a secret of our own choosing; of keys there is a form of its own. */
const secrets = Object.values(slices)
  .flatMap((slice) => Object.values(slice) as Variable<unknown>[])
  .filter(({ name, weakness }) => weakness !== undefined && name !== 'ENCRYPTION_KEYS');
const others = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://app:x@127.0.0.1:5432/visapi',
  REDIS_URL: 'redis://127.0.0.1:6379',
  ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};
const random = () => randomBytes(32).toString('base64');
const strong = Object.fromEntries(secrets.map(({ name }) => [name, random()]));

const problemsOf = (given: Readonly<Record<string, string>>): readonly string[] => {
  try {
    loadConfig({ ...others, ...given }, slices);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('a process in production', () => {
  it('starts with secrets that were drawn at random, whichever those are', () => {
    for (let again = 0; again < 200; again += 1) {
      const drawn = [random(), randomBytes(24).toString('base64url'), randomBytes(16).toString('hex')];
      for (const { name, weakness } of secrets)
        expect([name, ...drawn.map((given) => given.length >= 32 && weakness?.(given))]).toEqual([
          name,
          ...drawn.map(() => undefined),
        ]);
    }
    expect(problemsOf(strong)).toEqual([]);
  });

  it('knows of the secrets that others present to us', () => {
    const names = secrets.map(({ name }) => name);
    for (const name of ['API_KEY_PEPPER', 'WABA_APP_SECRET', 'WABA_VERIFY_TOKEN', 'METRICS_TOKEN'])
      expect(names).toContain(name);
  });

  it.each([
    ['the default of development', 'development-only-pepper'],
    ['a short one', 'x7Kq2'],
    ['one character', 'a'.repeat(64)],
    ['a word written often', 'g7Kp2Lx9'.repeat(8)],
    ['a few characters', '0101101101'.repeat(5)],
    ['a placeholder', 'please-change-me-before-you-go-live-0982'],
    ['a placeholder in other letters', 'My-Super-SECRET-for-hashing-the-keys-77'],
    ['a row of the keyboard', 'qwertyuiop[]asdfghjkl;zxcvbnm,./'],
  ])('refuses to start with %s as any of its secrets', (_name, weak) => {
    for (const { name } of secrets) {
      const problems = problemsOf({ ...strong, [name]: weak });
      expect(problems).toEqual([expect.stringContaining(`${name} is too weak for production`)]);
      expect(problems.join()).not.toContain(weak);
    }
  });

  it('names all of its weak secrets together, beside whatever else is wrong', () => {
    const weak = Object.fromEntries(secrets.map(({ name }) => [name, 'changeme']));
    const problems = problemsOf({ ...weak, CLOCK_OFFSET_MS: '5', RATE_LIMIT_DEFAULT: 'many' });
    for (const name of [...secrets.map((secret) => secret.name), 'CLOCK_OFFSET_MS', 'RATE_LIMIT_DEFAULT'])
      expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
  });

  it('demands no secret of an integration that is off', () => {
    expect(problemsOf({ API_KEY_PEPPER: random() })).toEqual([]);
  });

  it('takes any secret while developing', () => {
    const weak = Object.fromEntries(secrets.map(({ name }) => [name, 'x']));
    expect(() => loadConfig({ ...others, NODE_ENV: 'development', ...weak }, slices)).not.toThrow();
  });
});
