import { flatten, isolate, isolateLatin } from '@visapi/backend-messaging';
import { issueCatalogue, mixedHeader, textOfIssue } from './issue-catalogue.js';

/** Issues as the request files them: by category, each with its code and its English label. */
export type GivenIssues = Readonly<
  Record<string, readonly { readonly value: string; readonly label?: string }[] | undefined>
>;

/** An issue as far as it decides what is told; of a known code the label does not. */
export interface CanonicalIssue {
  readonly category: string;
  readonly value: string;
  readonly label?: string;
}

/** Two parameters of one notice: what the issues are about, and the issues. */
export interface IssuePart {
  readonly header: string;
  readonly list: string;
}

interface WordedIssue {
  readonly category: string;
  readonly text: string;
}

/** The filled template holds 1,024 characters; the rest is left to its own words, the names and the header. */
const longestList = 700;

/** The same content for the same issues, in whatever order and however often they are given: what a hash is taken of. */
export function canonicalIssues(issues: GivenIssues): readonly CanonicalIssue[] {
  const canonical = Object.entries(issues).flatMap(([category, given]) =>
    (given ?? []).map(({ value, label }) => canonicalIssue(category, value.trim(), label)),
  );
  const distinct = new Map(canonical.map((issue) => [JSON.stringify(issue), issue]));
  return [...distinct.keys()].sort().flatMap((key) => distinct.get(key) ?? []);
}

function canonicalIssue(category: string, value: string, label: string | undefined): CanonicalIssue {
  if (textOfIssue(value) !== undefined) return { category, value };
  return { category, value, label: flatten(label ?? '') };
}

/**
 * The issues in Hebrew, as one notice or, when they are too many for one, as several that are complete each.
 * Undefined when there is nothing to tell or any of it cannot be told: an unknown code without a label that fits.
 */
export function issueText(issues: GivenIssues, countryHebrew: string): readonly IssuePart[] | undefined {
  const country = flatten(countryHebrew);
  const worded = inOrderOfTelling(canonicalIssues(issues)).map((issue) => wordIssue(issue, country));
  if (worded.length === 0 || country === '' || !worded.every((issue) => issue !== undefined))
    return undefined;
  if (worded.some(({ text }) => listOf([text]).length > longestList)) return undefined;
  if (fits(worded)) return [partOf(worded)];
  return [...Map.groupBy(worded, ({ category }) => category).values()].flatMap(inPieces).map(partOf);
}

function inOrderOfTelling(issues: readonly CanonicalIssue[]): readonly CanonicalIssue[] {
  const rank = ({ category }: CanonicalIssue) => {
    const index = issueCatalogue.findIndex((known) => known.category === category);
    return index === -1 ? issueCatalogue.length : index;
  };
  return issues.toSorted((one, other) => rank(one) - rank(other));
}

function wordIssue({ category, value, label }: CanonicalIssue, country: string): WordedIssue | undefined {
  const known = textOfIssue(value)?.replaceAll('{country}', () => country);
  if (known !== undefined) return { category, text: isolateLatin(known) };
  const shows = label !== undefined && /[\p{L}\p{N}]/u.test(label);
  return shows ? { category, text: isolate(label) } : undefined;
}

/** As few pieces of a category as hold all of its issues, filled from the first. */
function inPieces(issues: readonly WordedIssue[]): readonly (readonly WordedIssue[])[] {
  const pieces: WordedIssue[][] = [];
  for (const issue of issues) {
    const last = pieces.at(-1);
    if (last && fits([...last, issue])) last.push(issue);
    else pieces.push([issue]);
  }
  return pieces;
}

function fits(issues: readonly WordedIssue[]): boolean {
  return listOf(issues.map(({ text }) => text)).length <= longestList;
}

function partOf(issues: readonly WordedIssue[]): IssuePart {
  return { header: headerOf(issues), list: listOf(issues.map(({ text }) => text)) };
}

function headerOf(issues: readonly WordedIssue[]): string {
  const categories = new Set(issues.map(({ category }) => category));
  const known = issueCatalogue.filter(({ category }) => categories.has(category));
  return categories.size === 1 && known[0] ? known[0].header : mixedHeader;
}

/** In one line: Meta takes no line breaks in a parameter. */
function listOf(texts: readonly string[]): string {
  if (texts.length === 1) return `• ${texts.join('')}`;
  return texts.map((text, index) => `${index + 1}) ${text}`).join(' ');
}
