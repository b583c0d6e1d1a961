import type { HttpRequest } from './request-context.js';

/** Fields that say who somebody is to an authority, whatever their spelling: passport numbers, ids, numbers of visas. */
const identifying =
  /^(passport(no|num|number)?|idnumber|nationalid|visaid|visano|visanumber|guardianpassport|documentnumber)$/;

/** Under these names a plain `number` is one of a document. */
const documents = /passport|visa|document/;

/** A passport's number in a text: one or two letters and six to nine digits, by themselves. */
const passportInText = /(?<![A-Za-z0-9])[A-Z]{1,2}\d{6,9}(?![A-Za-z0-9])/g;

const webAddress = /https?:\/\/[^\s"'<>]+/g;

/** Whoever may read what is personal sees it whole, everybody else masked. */
export function shownTo<T>(request: HttpRequest, value: T): T {
  return request.visapi.principal?.scopes.has('privacy:read') === true ? value : masked(value);
}

/**
 * The same with passport numbers, ids and addresses of documents hidden: of a number its end stays, of an address where it
 * leads. Its shape, and whatever else it holds, are kept.
 */
export function masked<T>(value: T): T {
  return maskedUnder(value, '', '') as T;
}

function maskedUnder(value: unknown, name: string, parent: string): unknown {
  if (Array.isArray(value)) return value.map((item) => maskedUnder(item, name, parent));
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return Object.fromEntries(
      Object.entries(value).map(([inner, part]) => [inner, maskedUnder(part, plain(inner), name)]),
    );
  const isIdentifying = identifying.test(name) || (name === 'number' && documents.test(parent));
  if (isIdentifying && (typeof value === 'string' || typeof value === 'number')) return ending(String(value));
  return typeof value === 'string' ? maskedText(value) : value;
}

function maskedText(text: string): string {
  return text
    .replace(webAddress, (address) => (URL.canParse(address) ? `${new URL(address).origin}/•••` : '•••'))
    .replace(passportInText, ending);
}

/** At most the last four, and never more than half of it. */
function ending(text: string): string {
  const shown = Math.min(4, Math.floor(text.length / 2));
  return `•••${text.slice(text.length - shown)}`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
