/** An approved WhatsApp template, as far as we must know it to fill it. */
export interface Template {
  readonly name: string;
  readonly language: 'he';
  /** What each parameter of the body is, in the order of the body. */
  readonly bodyParameters: readonly string[];
  readonly header: 'none' | 'document';
}

/** The document in a template's header: Meta fetches the link and shows the filename. */
export interface TemplateDocument {
  readonly link: string;
  readonly filename: string;
}

export const orderConfirmation = {
  name: 'order_confirmation_global',
  language: 'he',
  bodyParameters: [
    'customerName',
    'country',
    'flag',
    'orderId',
    'visaText',
    'quantity',
    'amount',
    'processingDays',
  ],
  header: 'none',
} as const satisfies Template;

/** The visa of an order's first or only application. */
export const visaApproval = {
  name: 'visa_approval_file_phone',
  language: 'he',
  bodyParameters: ['name', 'country'],
  header: 'document',
} as const satisfies Template;

/** The visa of every further application of that order. */
export const furtherVisaApproval = {
  name: 'visa_approval_file_multi_he',
  language: 'he',
  bodyParameters: ['applicantName'],
  header: 'document',
} as const satisfies Template;

export const issueNotice = {
  name: 'fix_mistake_global_hebrew',
  language: 'he',
  bodyParameters: ['applicantName', 'country', 'categoryHeader', 'issues'],
  header: 'none',
} as const satisfies Template;

export const templates: readonly Template[] = [
  orderConfirmation,
  visaApproval,
  furtherVisaApproval,
  issueNotice,
];

/**
 * The filled body holds at most 1,024 characters when the template has anything beside it (header, footer, button).
 * https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages#text-object, and, for what counts,
 * https://github.com/glific/glific/issues/3517
 */
const longestBody = 1_024;

/** https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages#media-object */
const longestFilename = 240;

/**
 * What Meta would refuse about these parameters, in words; empty when nothing.
 * Rule: a text parameter holds no newline, no tab and no more than four blanks in a row.
 * https://developers.facebook.com/docs/whatsapp/message-templates/guidelines
 */
export function checkParameters(template: Template, parameters: readonly string[]): readonly string[] {
  const problems: string[] = [];
  const expected = template.bodyParameters.length;
  if (parameters.length !== expected)
    problems.push(`${template.name} takes ${expected} parameters, not ${parameters.length}`);
  parameters.forEach((parameter, index) => {
    const which = `parameter ${index + 1} (${template.bodyParameters[index] ?? 'unknown'})`;
    if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(parameter)) problems.push(`${which} is empty`);
    if (/[\n\r\t]| {5,}/.test(parameter))
      problems.push(`${which} has a line break, a tab or a run of blanks`);
  });
  const length = parameters.join('').length;
  if (length > longestBody)
    problems.push(`the parameters have ${length} characters together; a message holds ${longestBody}`);
  return problems;
}

/** What Meta would refuse about the header's document, or its absence, in words; empty when nothing. */
export function checkDocument(template: Template, document: TemplateDocument | undefined): readonly string[] {
  if (template.header === 'none')
    return document === undefined ? [] : [`${template.name} has no header for a document`];
  if (document === undefined) return [`${template.name} needs a document in its header`];
  const problems: string[] = [];
  if (!isWebLink(document.link)) problems.push('the link of the document is no http or https URL');
  // WhatsApp shows the document as what the extension of its filename says.
  if (!/^[^/\\\p{Cc}]+\.pdf$/iu.test(document.filename))
    problems.push('the filename of the document is not a plain name that ends with .pdf');
  if (document.filename.length > longestFilename)
    problems.push(`the filename of the document is longer than ${longestFilename} characters`);
  return problems;
}

function isWebLink(link: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(link) && URL.canParse(link);
}
