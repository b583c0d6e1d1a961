import { bareSpelling, wordKey } from './spelling.js';

/** A country that visas are sold for, as customers are told of it. */
export interface Destination {
  readonly key: string;
  readonly hebrew: string;
  readonly english: string;
  readonly flag: string;
  /** Business days when the order itself names none. */
  readonly usualDays: number;
}

interface Row {
  readonly key: string;
  readonly hebrew: string;
  readonly english: string;
  /** ISO 3166-1 alpha-2 (EU is reserved there for the Union), which is also the flag. */
  readonly region: string;
  readonly usualDays?: number;
  /** ISO 3166-1 alpha-3 and other names in use, Hebrew and English. */
  readonly also: readonly string[];
}

const usualDays = 3;
/** The regional indicator symbol of the letter A; two of them are a flag (Unicode, annex 51). */
const firstIndicator = 0x1f1e6;

const rows: readonly Row[] = [
  { key: 'india', hebrew: 'הודו', english: 'India', region: 'IN', also: ['IND', 'Republic of India'] },
  {
    key: 'usa',
    hebrew: 'ארה"ב',
    english: 'USA',
    region: 'US',
    also: ['ארצות הברית', 'United States', 'The United States', 'United States of America', 'America'],
  },
  {
    key: 'uk',
    hebrew: 'בריטניה',
    english: 'United Kingdom',
    region: 'GB',
    also: ['GBR', 'The United Kingdom', 'Great Britain', 'Britain', 'England', 'הממלכה המאוחדת', 'אנגליה'],
  },
  { key: 'canada', hebrew: 'קנדה', english: 'Canada', region: 'CA', also: ['CAN'] },
  { key: 'israel', hebrew: 'ישראל', english: 'Israel', region: 'IL', also: ['ISR', 'State of Israel'] },
  { key: 'thailand', hebrew: 'תאילנד', english: 'Thailand', region: 'TH', also: ['THA'] },
  {
    key: 'korea',
    hebrew: 'קוריאה',
    english: 'South Korea',
    region: 'KR',
    also: ['KOR', 'Republic of Korea', 'Korea, Republic of', 'Korea South', 'דרום קוריאה', 'קוריאה הדרומית'],
  },
  {
    key: 'vietnam',
    hebrew: 'וייטנאם',
    english: 'Vietnam',
    region: 'VN',
    usualDays: 7,
    also: ['VNM', 'ויטנאם', 'וייטנם', 'ויאטנם'],
  },
  {
    key: 'saudi_arabia',
    hebrew: 'ערב הסעודית',
    english: 'Saudi Arabia',
    region: 'SA',
    also: ['SAU', 'KSA', 'Saudi', 'Kingdom of Saudi Arabia', 'סעודיה'],
  },
  { key: 'indonesia', hebrew: 'אינדונזיה', english: 'Indonesia', region: 'ID', also: ['IDN'] },
  {
    key: 'bahrain',
    hebrew: 'בחריין',
    english: 'Bahrain',
    region: 'BH',
    also: ['BHR', 'Kingdom of Bahrain', 'בחרין'],
  },
  { key: 'new_zealand', hebrew: 'ניו זילנד', english: 'New Zealand', region: 'NZ', also: ['NZL'] },
  { key: 'cambodia', hebrew: 'קמבודיה', english: 'Cambodia', region: 'KH', also: ['KHM'] },
  {
    key: 'schengen',
    hebrew: 'אזור שנגן',
    english: 'Schengen Area',
    region: 'EU',
    also: ['Schengen Zone', 'שנגן'],
  },
  { key: 'morocco', hebrew: 'מרוקו', english: 'Morocco', region: 'MA', usualDays: 5, also: ['MAR', 'Maroc'] },
  { key: 'sri_lanka', hebrew: 'סרי לנקה', english: 'Sri Lanka', region: 'LK', also: ['LKA'] },
  { key: 'togo', hebrew: 'טוגו', english: 'Togo', region: 'TG', also: ['TGO'] },
];

const known = rows.map(({ key, hebrew, english, region, also, ...row }) => {
  const days = row.usualDays ?? usualDays;
  const destination: Destination = { key, hebrew, english, flag: flagOf(region), usualDays: days };
  return { destination, spellings: [key, hebrew, english, region, ...also] };
});

export const destinations: readonly Destination[] = known.map(({ destination }) => destination);

const bySpelling: ReadonlyMap<string, Destination> = new Map(
  known.flatMap(({ destination, spellings }) =>
    spellings.map((spelling) => [bareSpelling(spelling), destination] as const),
  ),
);

/**
 * The destination a spelling stands for ("India 🇮🇳", "Sri Lanka", "SAUDI_ARABIA", "GBR", "קוריאה הדרומית", "🇹🇬"), or
 * undefined: never a guess, and nothing when name and flag speak of two countries.
 */
export function findDestination(spelling: string | null): Destination | undefined {
  if (spelling === null) return undefined;
  const flags = [...spelling.matchAll(/\p{Regional_Indicator}{2}/gu)].map(([flag]) =>
    bySpelling.get(lettersOf(flag)),
  );
  const name = bareSpelling(spelling);
  const named = name === '' ? flags[0] : bySpelling.get(name);
  return flags.every((flag) => flag === named) ? named : undefined;
}

/** The key under which a destination is kept when it is known, else the spelling itself as a word. */
export function destinationKey(spelling: string): string {
  const destination = findDestination(spelling);
  if (destination) return destination.key;
  const withoutFlag = wordKey(spelling.replace(/\p{Regional_Indicator}/gu, ''));
  // A name whose flag speaks of another country must not become certain by losing the flag.
  return findDestination(withoutFlag) ? wordKey(spelling) : withoutFlag;
}

function flagOf(region: string): string {
  return [...region]
    .map((letter) => String.fromCodePoint(firstIndicator + letter.charCodeAt(0) - 'A'.charCodeAt(0)))
    .join('');
}

function lettersOf(flag: string): string {
  return [...flag]
    .map((symbol) =>
      String.fromCharCode('a'.charCodeAt(0) + (symbol.codePointAt(0) ?? firstIndicator) - firstIndicator),
    )
    .join('');
}
