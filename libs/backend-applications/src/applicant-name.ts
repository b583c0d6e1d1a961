/** Names of an order's applicants by the shop's id, as their passports have them. */
export function applicantName(applicants: Buffer | null, applicantId: string): string | null {
  if (!applicants) return null;
  const list = JSON.parse(applicants.toString()) as readonly {
    readonly id?: unknown;
    readonly passport?: { readonly firstName?: unknown; readonly lastName?: unknown };
  }[];
  const passport = list.find((applicant) => applicant.id === applicantId)?.passport;
  const parts = [passport?.firstName, passport?.lastName].filter((part) => typeof part === 'string');
  return parts.join(' ').trim() || null;
}
