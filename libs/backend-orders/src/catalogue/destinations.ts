/** A country that visas are sold for, as customers are told of it. */
export interface Destination {
  readonly key: string;
  readonly hebrew: string;
  readonly flag: string;
  /** Business days when the order itself names none. */
  readonly usualDays: number;
}

const rows: readonly (readonly [key: string, hebrew: string, region: string, usualDays: number])[] = [
  ['india', 'הודו', 'IN', 3],
  ['usa', 'ארה"ב', 'US', 3],
  ['uk', 'בריטניה', 'GB', 3],
  ['canada', 'קנדה', 'CA', 3],
  ['israel', 'ישראל', 'IL', 3],
  ['thailand', 'תאילנד', 'TH', 3],
  ['korea', 'קוריאה', 'KR', 3],
  ['vietnam', 'וייטנאם', 'VN', 7],
  ['saudi_arabia', 'ערב הסעודית', 'SA', 3],
  ['indonesia', 'אינדונזיה', 'ID', 3],
  ['bahrain', 'בחריין', 'BH', 3],
  ['new_zealand', 'ניו זילנד', 'NZ', 3],
  ['cambodia', 'קמבודיה', 'KH', 3],
  ['schengen', 'אזור שנגן', 'EU', 3],
  ['morocco', 'מרוקו', 'MA', 5],
  ['sri_lanka', 'סרי לנקה', 'LK', 3],
  ['togo', 'טוגו', 'TG', 3],
];

const destinations: ReadonlyMap<string, Destination> = new Map(
  rows.map(([key, hebrew, region, usualDays]) => [key, { key, hebrew, flag: flagOf(region), usualDays }]),
);

/** The destination a spelling stands for ("India 🇮🇳", "Sri Lanka", "SAUDI_ARABIA"), or undefined: never a guess. */
export function findDestination(spelling: string | null): Destination | undefined {
  return spelling === null ? undefined : destinations.get(destinationKey(spelling));
}

export function destinationKey(spelling: string): string {
  return spelling
    .replace(/\p{Regional_Indicator}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}

/** Two regional indicator symbols (Unicode, annex 51). */
function flagOf(region: string): string {
  return [...region].map((letter) => String.fromCodePoint(0x1f1e6 + letter.charCodeAt(0) - 65)).join('');
}
