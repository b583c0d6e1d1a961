/** Random text of 20 characters has about 15 different ones; a word that is written again and again has few. */
const fewestDifferent = 8;

/** What people write where a secret belongs and none was chosen; in any part of it. */
const placeholders =
  /change.?(me|this)|default|development|example|insecure|password|placeholder|replace.?me|secret|test.?only|1234567|abcdefg|qwerty/i;

/** Why somebody might guess this, in words that do not repeat it; undefined when nobody will. */
export function weaknessOf(given: string, atLeast: number): string | undefined {
  if (given.length < atLeast)
    return `is too weak for production: it has ${given.length} characters, ${atLeast} random ones are needed (openssl rand -base64 32)`;
  if (new Set(given).size < fewestDifferent || isRepeated(given))
    return 'is too weak for production: it repeats a few characters (openssl rand -base64 32 makes a good one)';
  if (placeholders.test(given))
    return 'is too weak for production: it reads like a placeholder (openssl rand -base64 32 makes a good one)';
  return undefined;
}

/** A shorter text written again and again. */
function isRepeated(given: string): boolean {
  return (given + given).indexOf(given, 1) < given.length;
}
