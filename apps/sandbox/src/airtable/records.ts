import { createRandom } from '../random.js';
import type { AirtableRecord } from './formula.js';

const completedOrder: AirtableRecord = {
  id: 'rec00000000000001',
  createdTime: '2026-01-05T09:13:00.000Z',
  fields: {
    ID: 'IL260105IN10',
    Email: 'dana.example@example.test',
    Phone: '972500000001',
    Status: 'Completed ✅',
    'Domain Branch': 'IL 🇮🇱',
    Country: 'India 🇮🇳',
    Type: 'evisa',
    Intent: 'Tourism',
    'Entry Count': 'Multiple',
    Validity: 'Year',
    'Processing Time': 3,
    'Applications ↗': ['rec00000000000002'],
    'Completed Timestamp': '2026-01-08T08:00:00.000Z',
  },
};

const approvedApplication: AirtableRecord = {
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

/** Tables by name or id; empty cells are absent, as in the real one. Unknown tables are empty: their ids are configuration. */
export class AirtableBase {
  readonly #tables = new Map<string, AirtableRecord[]>([
    ['orders', [completedOrder]],
    ['applications', [approvedApplication]],
  ]);
  readonly #random = createRandom(7);

  records(table: string): readonly AirtableRecord[] {
    return this.#tables.get(table.toLowerCase()) ?? [];
  }

  add(table: string, fields: Readonly<Record<string, unknown>>): AirtableRecord {
    const digits = Math.floor(this.#random() * 1e14);
    const record = {
      id: `rec${String(digits).padStart(14, '0')}`,
      createdTime: new Date().toISOString(),
      fields,
    };
    this.#tables.set(table.toLowerCase(), [...this.records(table), record]);
    return record;
  }
}
