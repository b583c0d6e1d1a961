import { filled, filledList, type Part } from './part.js';

/** Free text in answers may be a story. */
export const longestAnswer = 4_000;

/** A phone that is kept, not called: the two parts as given. */
export function phoneOf(part: Part) {
  return filled({ code: part.label('code'), number: part.label('number') });
}

export function addressOf(part: Part) {
  return filled({
    line: part.text('line'),
    city: part.text('city'),
    country: part.place('country'),
    postalCode: part.label('postalCode'),
    setBy: part.count('setBy', Number.MAX_SAFE_INTEGER),
  });
}

/** A parent, a spouse or a child. */
export function relativeOf(part: Part) {
  return filled({
    name: part.text('name'),
    dateOfBirth: part.day('dateOfBirth'),
    countryOfBirth: part.place('countryOfBirth'),
  });
}

export function maritalOf(part: Part) {
  return filled({ status: part.word('status'), spouse: part.read('spouse', relativeOf) });
}

export function familyOf(part: Part) {
  return filled({
    father: part.read('father', relativeOf),
    mother: part.read('mother', relativeOf),
    marital: part.read('marital', maritalOf),
  });
}

/** Some forms ask for the whole story, some for the status alone. */
export function occupationOf(applicant: Part) {
  if (typeof applicant.object['occupation'] === 'string')
    return filled({ status: applicant.word('occupation') });
  return applicant.read('occupation', employmentOf);
}

function employmentOf(part: Part) {
  return filled({
    education: part.word('education'),
    status: part.word('status'),
    name: part.text('name'),
    seniority: part.word('seniority'),
    phone: part.read('phone', phoneOf),
    address: part.read('address', addressOf),
  });
}

export function extraNationalityOf(part: Part) {
  return filled({
    status: part.oneOf('status', ['none', 'past', 'present']),
    country: part.place('country'),
    from: part.label('from'),
    until: part.label('until'),
    acquiry: part.word('acquiry'),
  });
}

export function militaryOf(part: Part) {
  return filled({ served: part.flag('served'), role: part.word('role'), rank: part.word('rank') });
}

export function pastTravelsOf(part: Part) {
  return filled({
    pastVisit: part.read('pastVisit', visaVisitOf),
    rejection: part.text('rejection', longestAnswer),
    SAARC: part.read('SAARC', regionVisitOf),
  });
}

function visaVisitOf(part: Part) {
  return filled({ visited: part.flag('visited'), pastVisa: part.read('pastVisa', pastVisaOf) });
}

function pastVisaOf(part: Part) {
  return filled({ number: part.label('number'), dateOfIssue: part.day('dateOfIssue') });
}

function regionVisitOf(part: Part) {
  return filled({ visited: part.flag('visited'), countries: countriesOf(part), year: part.year('year') });
}

export function lastTravelOf(part: Part) {
  return filled({
    traveled: part.flag('traveled'),
    country: part.place('country'),
    from: part.label('from'),
    until: part.label('until'),
  });
}

export function pastVisitOf(part: Part) {
  return filled({ visited: part.flag('visited'), year: part.year('year') });
}

function countriesOf(part: Part): readonly string[] | undefined {
  const list = part.object['countries'];
  if (!Array.isArray(list)) {
    if (part.isFilled('countries')) part.warn('countries', 'not-a-list');
    return undefined;
  }
  const names = list.filter((name) => typeof name === 'string' && name.trim() !== '');
  if (names.length < list.length) part.warn('countries', 'not-text');
  return filledList(names.map((name: string) => name.trim().toUpperCase()));
}
