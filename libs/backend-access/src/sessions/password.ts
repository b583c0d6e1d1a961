import { z } from 'zod';

const shortest = 12;
/** bcrypt, which Supabase stores, reads no more bytes than these. */
const mostBytes = 72;

/** Beginnings of what is guessed first; in any part of a password, whatever letters it is written with. */
const common = [
  'password',
  'passw0rd',
  'p@ssword',
  'p@ssw0rd',
  'qwerty',
  'asdfgh',
  'zxcvbn',
  '123456',
  '654321',
  'abcdef',
  'letmein',
  'welcome',
  'iloveyou',
  'admin',
  'visanet',
  'visapi',
];

const demands: readonly (readonly [isMet: (given: string) => boolean, message: string])[] = [
  [(given) => given.length >= shortest, `must have at least ${shortest} characters`],
  [(given) => Buffer.byteLength(given) <= mostBytes, `must have at most ${mostBytes} bytes`],
  [(given) => /\p{Ll}/u.test(given), 'must have a lower-case letter'],
  [(given) => /\p{Lu}/u.test(given), 'must have an upper-case letter'],
  [(given) => /\p{Nd}/u.test(given), 'must have a digit'],
  [(given) => /[^\p{L}\p{N}\s]/u.test(given), 'must have a symbol such as ! or -'],
  [
    (given) => !common.some((word) => given.toLowerCase().includes(word)),
    'must not hold a common word or row of keys',
  ],
  [(given) => !/(.)\1{3}/u.test(given), 'must not repeat a character four times'],
];

/** A password that somebody chooses. All that is wrong with one is told at once; none is ever repeated. */
export const newPassword = z.string({ error: 'must be a text' }).superRefine((given, context) => {
  for (const [isMet, message] of demands) if (!isMet(given)) context.addIssue({ code: 'custom', message });
});
