export interface AirtableRecord {
  readonly id: string;
  readonly createdTime: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Test = (record: AirtableRecord) => boolean;

const equality =
  /^(LOWER\()?(?:\{([^{}]+)\}|(RECORD_ID)\(\))(\))?\s*=\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")$/;

/** The part of `filterByFormula` that is used: equality of a field or the record id, joined by AND or OR. */
export function parseFormula(formula: string): Test | undefined {
  const text = formula.trim();
  const junction = /^(AND|OR)\((.*)\)$/s.exec(text);
  if (junction !== null) {
    const tests = splitArguments(junction[2] ?? '').map(parseFormula);
    if (tests.some((test) => test === undefined)) return undefined;
    const all = tests as Test[];
    return junction[1] === 'AND'
      ? (record) => all.every((test) => test(record))
      : (record) => all.some((test) => test(record));
  }
  return parseEquality(text);
}

function parseEquality(text: string): Test | undefined {
  const parts = equality.exec(text);
  if (parts === null) return undefined;
  const [, lower, field, recordId, closing, single, double] = parts;
  if ((lower === undefined) !== (closing === undefined)) return undefined;
  const wanted = (single ?? double ?? '').replace(/\\(.)/g, '$1');
  return (record) => {
    const value = String((recordId === undefined ? record.fields[field ?? ''] : record.id) ?? '');
    return (lower === undefined ? value : value.toLowerCase()) === wanted;
  };
}

/** Commas inside quotes or parentheses do not separate. */
function splitArguments(text: string): string[] {
  const parts = text.match(
    /(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\((?:[^()'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*\)|[^,'"()])+/g,
  );
  return (parts ?? []).map((part) => part.trim());
}
