import { describe, expect, it } from '@jest/globals';
import {
  checkDocument,
  checkParameters,
  furtherVisaApproval,
  issueNotice,
  orderConfirmation,
  templates,
  visaApproval,
} from './templates.js';

const eight = ['דנה', 'הודו', '🇮🇳', 'IL260105IN10', 'תיירות לשנה', '2', '498', '3'];
const replaced = (text: string) => eight.with(4, text);

describe('the templates', () => {
  // Meta refuses a message with another number of parameters: its error 132000.
  it('have the names, parameters and headers that Meta approved', () => {
    expect(
      templates.map(({ name, bodyParameters, header }) => [name, bodyParameters.length, header]),
    ).toEqual([
      ['order_confirmation_global', 8, 'none'],
      ['visa_approval_file_phone', 2, 'document'],
      ['visa_approval_file_multi_he', 1, 'document'],
      ['fix_mistake_global_hebrew', 4, 'none'],
    ]);
    expect(templates.every(({ language }) => language === 'he')).toBe(true);
  });
});

describe('the parameters of a template', () => {
  it.each([
    [orderConfirmation, eight],
    [orderConfirmation, replaced('a    b')],
    [visaApproval, ['דנה לדוגמה', 'הודו']],
    [furtherVisaApproval, ['דנה לדוגמה']],
    [issueNotice, ['דנה לדוגמה', 'הודו', '🛂 תצלום דרכון', '• צילום הדרכון מטושטש.']],
  ])('fit %j', (template, parameters) => {
    expect(checkParameters(template, parameters)).toEqual([]);
  });

  it.each([
    ['too few', eight.slice(1), /takes 8 parameters, not 7/],
    ['too many', [...eight, 'x'], /takes 8 parameters, not 9/],
    ['an empty one', replaced(''), /parameter 5 \(visaText\) is empty/],
    ['a blank one', replaced(' \u2068\u2069'), /parameter 5 \(visaText\) is empty/],
    ['a line break', replaced('a\nb'), /parameter 5 \(visaText\) has a line break/],
    ['a tab', replaced('a\tb'), /a tab/],
    ['five blanks', replaced('a     b'), /a run of blanks/],
    ['more than a message holds', replaced('x'.repeat(1025)), /characters together; a message holds 1024/],
  ])('do not fit: %s', (_name, parameters, problem) => {
    expect(checkParameters(orderConfirmation, parameters).join()).toMatch(problem);
  });

  it('of the further approval are exactly one: the country is not among them', () => {
    expect(checkParameters(furtherVisaApproval, ['דנה לדוגמה', 'הודו']).join()).toMatch(
      /takes 1 parameters, not 2/,
    );
  });
});

describe('the document of a template', () => {
  const link = 'https://files.example.test/visa1.pdf?token=1';
  const filename = 'visa_IL260105IN10_1.pdf';

  it('fits', () => {
    expect(checkDocument(visaApproval, { link, filename })).toEqual([]);
    expect(checkDocument(furtherVisaApproval, { link: 'http://files.example.test/1', filename })).toEqual([]);
    expect(checkDocument(orderConfirmation, undefined)).toEqual([]);
  });

  it.each([
    ['none where one is needed', visaApproval, undefined, /needs a document/],
    ['one where none belongs', issueNotice, { link, filename }, /has no header for a document/],
    ['an empty link', visaApproval, { link: '', filename }, /no http or https URL/],
    ['a path', visaApproval, { link: '/visa1.pdf', filename }, /no http or https URL/],
    ['another protocol', visaApproval, { link: 'file:///visa1.pdf', filename }, /no http or https URL/],
    ['a link with a blank', visaApproval, { link: `${link} 2`, filename }, /no http or https URL/],
    ['another kind of file', visaApproval, { link, filename: 'visa.exe' }, /ends with \.pdf/],
    ['an extension alone', visaApproval, { link, filename: '.pdf' }, /ends with \.pdf/],
    ['a folder', visaApproval, { link, filename: '../visa.pdf' }, /plain name/],
    ['a long filename', visaApproval, { link, filename: `${'x'.repeat(240)}.pdf` }, /longer than 240/],
  ])('does not fit: %s', (_name, template, document, problem) => {
    expect(checkDocument(template, document).join()).toMatch(problem);
  });
});
