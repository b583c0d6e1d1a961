/** Where a row stands in its file: the number of its first line, and its bytes. */
export interface RowPlace {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** A row as it was read, or what is wrong with its text. */
export type RowValue = { readonly value: unknown } | { readonly broken: string };

/** How a format is cut into rows. */
export interface Scan {
  /** Every row in the order of the file. @throws Problem where the file cannot be cut into rows */
  readonly places: AsyncIterable<RowPlace>;
  /** Reads the text of one row; only after the scan has come to it. */
  readonly parse: (text: string) => RowValue;
}

export type Bytes = AsyncIterable<Buffer>;

/** JSON text as a row. */
export function parseJsonRow(text: string): RowValue {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { broken: `is not JSON: ${(error as Error).message}` };
  }
}
