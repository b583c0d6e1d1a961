import { z } from 'zod';
import { branchKeys } from '../vizi/branches.js';
import { countries, type CountryKey } from '../vizi/countries.js';
import { tables } from './account.js';
import type { AirtableBase } from './records.js';

const words = z.string().min(1);

export const staffOrder = z.strictObject({
  orderId: words,
  /** Key of a destination ("sri_lanka"), or what the cell shall hold. */
  country: words.default('india'),
  branch: z.enum(branchKeys).default('il'),
  email: words.optional(),
  phone: words.optional(),
  applications: z
    .array(
      z.strictObject({
        applicationId: words.optional(),
        firstName: words,
        surname: words,
        visaUrl: words.optional(),
        visaId: words.optional(),
        status: words.default('Approved'),
      }),
    )
    .default([]),
  /** An order whose status begins with "Completed" is in the view of the completed ones. */
  status: words.default('Completed ✅'),
  /** When it was completed; now, unless said otherwise. */
  completedAt: z.iso.datetime({ offset: true }).optional(),
});
export type StaffOrder = z.infer<typeof staffOrder>;

export interface StaffRecords {
  readonly recordId: string;
  readonly applicationRecordIds: readonly string[];
}

/** What the agency's staff do in their base: an order with its applications, finished unless said otherwise. */
export function addStaffOrder(base: AirtableBase, order: StaffOrder): StaffRecords {
  const applicationRecordIds = order.applications.map(
    (application) =>
      base.add(tables.applications, {
        ID: application.applicationId,
        'Visa ID': application.visaId,
        'Visa URL': application.visaUrl,
        'First name': [application.firstName],
        Surname: [application.surname],
        'Order Name': [order.orderId],
        Status: application.status,
      }).id,
  );
  const isCompleted = order.status.startsWith('Completed');
  const { id } = base.add(tables.orders, {
    ID: order.orderId,
    Email: order.email,
    Phone: order.phone,
    Status: order.status,
    'Domain Branch': `${order.branch.toUpperCase()} ${branchFlags[order.branch]}`,
    Country: countryCell(order.country),
    Type: 'evisa',
    Intent: 'Tourism',
    'Entry Count': 'Multiple',
    Validity: 'Year',
    'Processing Time': 3,
    'Applications ↗': applicationRecordIds.length > 0 ? applicationRecordIds : undefined,
    'Completed Timestamp': isCompleted ? (order.completedAt ?? new Date().toISOString()) : undefined,
  });
  return { recordId: id, applicationRecordIds };
}

const branchFlags = { il: '🇮🇱', co: '🌍', se: '🇸🇪', ru: '🇷🇺', kz: '🇰🇿' } as const;

/** "Sri Lanka 🇱🇰" for `sri_lanka`; any other word stays as it is. */
function countryCell(given: string): string {
  if (!(given in countries)) return given;
  const { code } = countries[given as CountryKey];
  // The shop's own code for Schengen is that of the Seychelles.
  const region = code === 'SC' ? 'EU' : code;
  const flag = [...region]
    .map((letter) => String.fromCodePoint(0x1f1e6 + letter.charCodeAt(0) - 65))
    .join('');
  const name = given.length <= 3 ? given.toUpperCase() : given.split('_').map(capitalised).join(' ');
  return `${name} ${flag}`;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
