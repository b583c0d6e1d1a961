import { isObject } from '../read-field.js';

const longest = 200;
/** The shop sells at most ten at once; their table counts no further than this can reach. */
const most = 1_000;

/**
 * The shop's ids of an order's applicants, in their order, each once; one without a usable id is left out.
 * @param applicants JSON of the applicants, as orders hold it
 */
export function applicantIds(applicants: Buffer | null | undefined): string[] {
  if (!applicants) return [];
  const list = JSON.parse(applicants.toString()) as unknown[];
  const ids = list.flatMap((applicant) => {
    const id = isObject(applicant) ? applicant['id'] : undefined;
    return typeof id === 'string' && id !== '' && id.length <= longest ? [id] : [];
  });
  return [...new Set(ids)].slice(0, most);
}
