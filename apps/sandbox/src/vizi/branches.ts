export const branchKeys = ['il', 'co', 'se', 'ru', 'kz'] as const;
export type BranchKey = (typeof branchKeys)[number];
export type Currency = 'ils' | 'usd' | 'sek' | 'rub' | 'kzt';
export type Script = 'hebrew' | 'latin' | 'cyrillic';

/** A selling branch (domain.md 1.3, A.9). */
export interface Branch {
  readonly domain: string;
  readonly currency: Currency;
  readonly processors: readonly string[];
  /** How customers of the branch write their names. */
  readonly script: Script;
  /** ISO 3166-1 alpha-3 of most of its customers. */
  readonly nationality: string;
  readonly phone: PhonePlan;
}

/** Mobile numbers: code, then one of the prefixes, then `digits` more. */
export interface PhonePlan {
  readonly code: string;
  readonly prefixes: readonly string[];
  readonly digits: number;
  /** Written before the number inside the country; '' where it is not used. */
  readonly trunk: '0' | '';
}

export const branches: Readonly<Record<BranchKey, Branch>> = {
  il: {
    domain: 'visanet.co.il',
    currency: 'ils',
    processors: ['stripe', 'bit', 'paybox', 'paypal'],
    script: 'hebrew',
    nationality: 'ISR',
    phone: {
      code: '972',
      prefixes: ['500', '502', '503', '504', '505', '506', '507', '508', '509', '530'],
      digits: 6,
      trunk: '0',
    },
  },
  co: {
    domain: 'visanet.co',
    currency: 'usd',
    processors: ['paypal', 'stripe'],
    script: 'latin',
    nationality: 'GBR',
    phone: { code: '44', prefixes: ['7400', '7500', '7711', '7800'], digits: 6, trunk: '0' },
  },
  se: {
    domain: 'visanet.se',
    currency: 'sek',
    processors: ['stripe'],
    script: 'latin',
    nationality: 'SWE',
    phone: { code: '46', prefixes: ['70', '72', '73', '76'], digits: 7, trunk: '0' },
  },
  ru: {
    domain: 'visanet.ru',
    currency: 'rub',
    processors: ['tbank'],
    script: 'cyrillic',
    nationality: 'RUS',
    phone: { code: '7', prefixes: ['916', '903', '926'], digits: 7, trunk: '' },
  },
  kz: {
    domain: 'visanet.kz',
    currency: 'kzt',
    processors: ['tbank', 'bill'],
    script: 'cyrillic',
    nationality: 'KAZ',
    phone: { code: '7', prefixes: ['701', '702', '777'], digits: 7, trunk: '' },
  },
};
