import { VendorError } from '../vendor-error.js';

/** Line breaks, other control characters and halves of characters: nothing that is looked up has them. */
const unusable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** `LOWER({field}) = '<value>'`, whatever the value holds. */
export function equalsIgnoringCase(field: string, value: string): string {
  return `LOWER({${field}}) = ${quote(value.toLowerCase())}`;
}

/** True of the records with one of these ids. */
export function hasRecordId(ids: readonly string[]): string {
  return `OR(${ids.map((id) => `RECORD_ID()=${quote(id)}`).join(',')})`;
}

/**
 * A text literal that cannot be left: inside it only the backslash and the quotes mean something.
 * https://support.airtable.com/docs/formula-field-reference
 * @throws VendorError `rejected` for a value that no literal can hold
 */
export function quote(value: string): string {
  if (value === '' || unusable.test(value)) throw new VendorError('airtable', 'rejected', 'unusable-value');
  return `'${value.replace(/[\\'"]/g, (special) => `\\${special}`)}'`;
}
