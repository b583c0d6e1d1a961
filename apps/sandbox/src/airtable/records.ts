import { createRandom, type Random } from '../random.js';
import { tableId, tables } from './account.js';
import type { AirtableRecord } from './formula.js';

type Cells = Readonly<Record<string, unknown>>;

/** There from the start, to be looked up. Its work is not done: nothing follows from it by itself. */
const presetOrder: AirtableRecord = {
  id: 'rec00000000000001',
  createdTime: '2026-01-05T09:13:00.000Z',
  fields: {
    ID: 'IL260105IN10',
    Email: 'dana.example@example.test',
    Phone: '972500000001',
    Status: 'Active 🔵',
    'Domain Branch': 'IL 🇮🇱',
    Country: 'India 🇮🇳',
    Type: 'evisa',
    Intent: 'Tourism',
    'Entry Count': 'Multiple',
    Validity: 'Year',
    'Processing Time': 3,
    'Applications ↗': ['rec00000000000002'],
  },
};

const presetApplication: AirtableRecord = {
  id: 'rec00000000000002',
  createdTime: '2026-01-05T09:13:00.000Z',
  fields: {
    ID: 'apl_Zy9xWv6uTs3r',
    'Visa ID': 'V-0001',
    'Visa URL': 'https://files.example.test/visa1.pdf',
    'First name': ['DANA'],
    Surname: ['LEDUGMA'],
    'Order Name': ['IL260105IN10'],
    Status: 'Approved',
  },
};

/** Tables by name or id; empty cells are absent, as in the real one. A table nobody wrote to is empty. */
export class AirtableBase {
  readonly #tables = new Map<string, AirtableRecord[]>();
  #random: Random = createRandom(7);

  constructor() {
    this.clear();
  }

  records(table: string): readonly AirtableRecord[] {
    return this.#tables.get(tableId(table)) ?? [];
  }

  add(table: string, fields: Cells): AirtableRecord {
    const digits = Math.floor(this.#random() * 1e14);
    const record = {
      id: `rec${String(digits).padStart(14, '0')}`,
      createdTime: new Date().toISOString(),
      fields: filled(fields),
    };
    this.#tables.set(tableId(table), [...this.records(table), record]);
    return record;
  }

  /** Cells that are not named stay as they are; null and "" empty a cell. Undefined when there is no such record. */
  change(table: string, id: string, fields: Cells): AirtableRecord | undefined {
    const known = this.records(table).find((record) => record.id === id);
    if (known === undefined) return undefined;
    const changed = { ...known, fields: filled({ ...known.fields, ...fields }) };
    this.#tables.set(
      tableId(table),
      this.records(table).map((record) => (record === known ? changed : record)),
    );
    return changed;
  }

  /** Back to the preset records alone. */
  clear(): void {
    this.#tables.clear();
    this.#tables.set(tables.orders, [presetOrder]);
    this.#tables.set(tables.applications, [presetApplication]);
    this.#random = createRandom(7);
  }
}

function filled(fields: Cells): Cells {
  const isEmpty = (cell: unknown) => cell === undefined || cell === null || cell === '';
  return Object.fromEntries(Object.entries(fields).filter(([, cell]) => !isEmpty(cell)));
}
