import { type Reading, storableText } from '../read-field.js';
import { filled, filledList, Part } from './part.js';
import { passportOf } from './passport.js';
import { isDeeper, storedJson, unknownFields } from './stored-json.js';
import * as value from './value-objects.js';

/** Signed addresses of uploaded files are long; one that is cut opens nothing. */
const longestAddress = 8_000;

const knownFields = new Set([
  ...['id', 'passport', 'extraNationality', 'idNumber', 'cityOfBirth', 'address', 'occupation', 'family'],
  ...['marital', 'maritalStatus', 'religion', 'military', 'crime', 'pastTravels', 'pastRejection'],
  ...['lastTravel', 'pastVisit', 'visited', 'guardianPassport', 'files'],
]);

export interface ReadApplicants {
  readonly count: number;
  /** Of the first one, if the form says it. */
  readonly sex: 'm' | 'f' | null;
  /** JSON in a fixed order of fields: equal bytes are equal applicants. */
  readonly bytes: Buffer | null;
}

/** Everybody a form is for, in the one shape that all countries' forms have in common. */
export function readApplicants(form: Part, reading: Reading): ReadApplicants {
  if (isDeeper(form.object['applicants'])) {
    reading.warn('applicants', 'too-deep');
    return { count: 0, sex: null, bytes: null };
  }
  const parts = form.parts('applicants');
  if (parts.length === 0) reading.warn('applicants', 'missing');
  const applicants = parts.map((part) => applicantOf(part, reading));
  return {
    count: applicants.length,
    sex: applicants[0]?.passport?.sex ?? null,
    bytes: storedJson(filledList(applicants), 'applicants', reading),
  };
}

function applicantOf(part: Part, reading: Reading) {
  if (!part.isFilled('id')) part.warn('id', 'missing');
  return (
    filled({
      id: part.text('id', 200),
      passport: part.read('passport', passportOf),
      extraNationality: part.read('extraNationality', value.extraNationalityOf),
      idNumber: part.label('idNumber'),
      cityOfBirth: part.text('cityOfBirth'),
      address: part.read('address', value.addressOf),
      occupation: value.occupationOf(part),
      family: part.read('family', value.familyOf),
      marital: maritalOf(part),
      religion: part.word('religion'),
      military: part.read('military', value.militaryOf),
      crime: part.text('crime', value.longestAnswer),
      pastTravels: part.read('pastTravels', value.pastTravelsOf),
      pastRejection: part.text('pastRejection', value.longestAnswer),
      lastTravel: part.read('lastTravel', value.lastTravelOf),
      pastVisit: part.read('pastVisit', value.pastVisitOf),
      visited: part.flag('visited'),
      guardianPassport: part.label('guardianPassport'),
      files: part.read('files', filesOf),
      other: unknownFields(part.object, knownFields, 'applicants.other', reading),
    }) ?? {}
  );
}

/** Canada's form has an object, others only the word. */
function maritalOf(part: Part) {
  return part.read('marital', value.maritalOf) ?? filled({ status: part.word('maritalStatus') });
}

/** Only the files that are there; the form has an empty text for each of the others. */
function filesOf(part: Part) {
  const kinds = Object.keys(part.object).sort();
  const files = kinds.flatMap((kind) => {
    const address = addressOfFile(part, kind);
    return address === null ? [] : [[storableText(kind), address] as const];
  });
  return files.length === 0 ? undefined : Object.fromEntries(files);
}

function addressOfFile(part: Part, kind: string): string | null {
  if (!part.isFilled(kind)) return null;
  const given = part.object[kind];
  const address = typeof given === 'string' ? storableText(given).trim() : undefined;
  if (address !== undefined && address.length <= longestAddress) return address || null;
  part.warn('', address === undefined ? 'not-text' : 'too-long');
  return null;
}
