import { between } from '../random.js';
import { applicantParts } from './applicant-parts.js';
import { dayFrom, digits, oddly, type OrderContext, shopId } from './order-context.js';
import { type Person, somebody } from './people.js';

/** One traveller of a form; the first of them has ordered and is an adult. */
export function makeApplicant(
  context: OrderContext,
  formId: string,
  person: Person,
  nth: number,
): Record<string, unknown> {
  const id = shopId('apl', context);
  const isMinor = nth > 0 && takesMinors(context) && context.random() < 0.4;
  const owner = { id, formId, isMinor };
  const parts = context.country.applicantParts.map((part) => applicantParts[part](context, owner));
  return Object.assign({ id, passport: passport(context, person, isMinor) }, ...parts);
}

/** Whoever travels along. */
export function companion(context: OrderContext): Person {
  return somebody(context.random, context.branch.script);
}

/** Only where the form treats them differently. */
function takesMinors({ country }: OrderContext): boolean {
  return country.applicantParts.includes('guardianPassport');
}

function passport(
  context: OrderContext,
  { firstName, lastName, sex }: Person,
  isMinor: boolean,
): Record<string, unknown> {
  const { random, branch, country } = context;
  const issuedDaysAgo = between(random, 100, 1_500);
  const full: Record<string, unknown> = {
    nationality: branch.nationality,
    firstName,
    lastName,
    sex,
    dateOfBirth: dayFrom(
      context,
      -(isMinor ? between(random, 2_000, 6_000) : between(random, 7_000, 25_000)),
    ),
    countryOfBirth: branch.nationality,
    number: `X${digits(random, 8)}`,
    dateOfIssue: oddly(context, 0.03) ? '' : dayFrom(context, -issuedDaysAgo),
    dateOfExpiry: dayFrom(context, 3_652 - issuedDaysAgo),
    placeOfIssue: branch.nationality,
  };
  return Object.fromEntries(Object.entries(full).filter(([field]) => !country.passportOmits.includes(field)));
}
