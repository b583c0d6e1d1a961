/** The form in which values of the shop's closed lists are kept: "Next Day", "next-day" and " NEXT__DAY " are one word. */
export function wordKey(spelling: string): string {
  return spelling
    .toLowerCase()
    .replace(/[\s_\p{Pd}]+/gu, '_')
    .replace(/^_|_$/g, '');
}

/** What two spellings of one name have in common: letters and digits in lower case, without blanks, hyphens or quotes. */
export function bareSpelling(spelling: string): string {
  return spelling
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
