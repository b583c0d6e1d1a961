import { promisify } from 'node:util';
import { isDate, isUint8Array } from 'node:util/types';
import { deflateRaw, inflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** From here on compressing costs less than moving and holding the bytes. */
const compressFromBytes = 8 * 1024;

const plain = Buffer.from([0]);
const deflated = Buffer.from([1]);

/**
 * A value as bytes: JSON in which times and bytes are marked, and data that looks like a mark is marked as well. Readable
 * in Redis and by every version of Node, unlike V8's own format (ADR 8).
 * @throws when the value is not made of what comes back as it was: plain objects, arrays, text, finite numbers, booleans,
 *   null, times and bytes (fields that are undefined are left out)
 */
export async function encodeValue(value: unknown): Promise<Buffer> {
  const text = JSON.stringify(marked(value));
  if (text.length < compressFromBytes) return Buffer.concat([plain, Buffer.from(text)]);
  return Buffer.concat([deflated, await deflate(text, { level: 1 })]);
}

/** @throws when the bytes are none of `encodeValue` */
export async function decodeValue(bytes: Buffer): Promise<unknown> {
  const content = bytes.subarray(1);
  if (bytes[0] === plain[0]) return JSON.parse(content.toString(), unmarked);
  if (bytes[0] === deflated[0]) return JSON.parse((await inflate(content)).toString(), unmarked);
  throw new Error('These bytes are no cached value');
}

function marked(value: unknown): unknown {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return value;
  if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return value;
  if (typeof value !== 'object') throw new Error('A value of this kind cannot be kept');
  if (isDate(value)) return { $time: value.getTime() };
  if (isUint8Array(value)) return { $bytes: Buffer.from(value).toString('base64') };
  return Array.isArray(value) ? value.map(marked) : markedFields(value);
}

function markedFields(value: object): object {
  if (!isPlain(value)) throw new Error('A value of this kind cannot be kept');
  const fields = Object.entries(value).filter(([, held]) => held !== undefined);
  const content = fields.map(([name, held]): [string, unknown] => [name, marked(held)]);
  if (fields.some(([name]) => name.startsWith('$'))) return { $fields: content };
  return Object.fromEntries(content);
}

/** JSON.parse hands out what is inside first, so a mark holds finished values. */
function unmarked(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $time, $bytes, $fields } = value as {
    $time?: number;
    $bytes?: string;
    $fields?: [string, unknown][];
  };
  if ($time !== undefined) return new Date($time ?? Number.NaN);
  if ($bytes !== undefined) return Buffer.from($bytes, 'base64');
  return $fields === undefined ? value : Object.fromEntries($fields);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prototype of all objects, whichever realm made it.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
