import { filled, type Part } from './part.js';

/** Countries ask for different parts of a passport; what a form has no question for is simply not there. */
export function passportOf(part: Part) {
  const passport = {
    nationality: part.country('nationality'),
    firstName: part.text('firstName'),
    lastName: part.text('lastName'),
    sex: sexOf(part),
    dateOfBirth: part.day('dateOfBirth'),
    countryOfBirth: part.country('countryOfBirth'),
    number: part.label('number'),
    dateOfIssue: part.day('dateOfIssue'),
    dateOfExpiry: part.day('dateOfExpiry'),
    placeOfIssue: part.place('placeOfIssue'),
  };
  const { dateOfBirth, dateOfIssue, dateOfExpiry } = passport;
  if (isLater(dateOfBirth, dateOfIssue)) part.warn('dateOfIssue', 'before-birth');
  if (isLater(dateOfIssue, dateOfExpiry)) part.warn('dateOfExpiry', 'before-issue');
  if (isLater(dateOfBirth, dateOfExpiry)) part.warn('dateOfExpiry', 'before-birth');
  return filled(passport);
}

function sexOf(part: Part): 'm' | 'f' | null {
  const sex = part.word('sex');
  if (sex === 'm' || sex === 'f' || sex === null) return sex;
  part.warn('sex', 'unknown');
  return null;
}

function isLater(day: string | null, than: string | null): boolean {
  return day !== null && than !== null && day > than;
}
