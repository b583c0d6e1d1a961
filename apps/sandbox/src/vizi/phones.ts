import { pick, type Random } from '../random.js';
import { type BranchKey, branches } from './branches.js';

/** The phone of the order with this number, as digits with country code; different for millions of orders in a row. */
export function phoneDigits(branch: BranchKey, sequence: number): string {
  return branches[branch].phone.code + nationalNumber(branch, sequence);
}

/** The same phone in one of the shapes the shop has sent (domain.md 1.5, A.2 V04 to V11). */
export function phoneAsSent(branch: BranchKey, sequence: number, random?: Random): unknown {
  const { code, trunk } = branches[branch].phone;
  const national = nationalNumber(branch, sequence);
  const usual = { code, number: trunk + national };
  if (random === undefined) return usual;
  return pick(random, [
    usual,
    usual,
    { code, number: national },
    { code: `+${code}`, number: `${national.slice(0, 2)}-${national.slice(2, 5)} ${national.slice(5)}` },
    { code, number: code + national },
    { code, number: trunk + code + national },
    `+${code}${national}`,
  ]);
}

function nationalNumber(branch: BranchKey, sequence: number): string {
  const { prefixes, digits } = branches[branch].phone;
  const range = 10 ** digits;
  const prefix = prefixes[Math.floor(sequence / range) % prefixes.length] ?? '';
  return prefix + String(sequence % range).padStart(digits, '0');
}
