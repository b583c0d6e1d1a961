import { AppError } from '@visapi/backend-kernel';
import type { HttpRequest } from './request-context.js';

/** Characters; nothing that we ask for comes near. The headers with the address have 16 kB together. */
const longestAddress = 8_000;
const mostParameters = 50;
/** Levels of JSON. What is deeper only exhausts whoever walks through it. */
const deepest = 100;

/** What is wrong with a request's address: too long, too many parameters, or one that says two things. */
export function faultOfAddress(request: HttpRequest): AppError | undefined {
  const address = request.raw.url ?? '';
  if (address.length > longestAddress)
    return new AppError('invalid', `The address is longer than ${longestAddress} characters.`);
  if (!address.includes('?')) return undefined;
  const query = Object.entries(request.query as Readonly<Record<string, unknown>>);
  if (query.length > mostParameters)
    return new AppError('invalid', `The address has more than ${mostParameters} parameters.`);
  const details = query
    .filter(([, value]) => Array.isArray(value))
    .map(([path]) => ({ path, message: 'is given more than once' }));
  if (details.length === 0) return undefined;
  return new AppError('invalid', 'The address gives a parameter more than once.', { details });
}

/** Before it is parsed, so that nothing has to walk through it first. */
export function faultOfNesting(json: Uint8Array): AppError | undefined {
  if (json.length <= deepest || !isDeeperThan(deepest, json)) return undefined;
  return new AppError('invalid', `The body is nested deeper than ${deepest} levels.`);
}

const [quote, backslash] = [0x22, 0x5c];
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

function isDeeperThan(most: number, json: Uint8Array): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) at = endOfText(json, at);
    else if (byte === openArray || byte === openObject) depth += 1;
    else if (byte === closeArray || byte === closeObject) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

/** Where the text that begins here ends; behind the last byte when it does not. */
function endOfText(json: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}
