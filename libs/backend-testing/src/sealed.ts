import { readSealed, type SealedTableName } from '@visapi/backend-repositories/privacy';
import type { TestDatabase } from './test-database.js';

/** A sealed column of one row as text, for tests that look behind the scenes; null when nothing is there. */
export async function readSealedText(
  test: TestDatabase,
  table: SealedTableName,
  column: string,
  row: string,
): Promise<string | null> {
  const bytes = await readSealed(test.database.db, table, column, row);
  return bytes && bytes.toString();
}

/** The words of a message; null when there are none. */
export async function readWords(test: TestDatabase, messageId: string): Promise<string[] | null> {
  const text = await readSealedText(test, 'messages', 'parameters', messageId);
  return text === null ? null : (JSON.parse(text) as string[]);
}
