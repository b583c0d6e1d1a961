import { v7 } from 'uuid';

/** A new row id: UUID version 7 (RFC 9562), which sorts by time and so keeps index inserts local. */
export function newId(): string {
  return v7();
}
