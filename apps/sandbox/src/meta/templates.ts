/** A template of the business account: what it says, with {{n}} for its parameters. */
export interface Template {
  readonly id: string;
  readonly name: string;
  readonly body: string;
  readonly parameters: number;
  /** Has a document as its header. */
  readonly document: boolean;
}

/** All of language `he`, category utility, approved (domain.md 5.2). The texts are invented; names and counts are not. */
export const templates: readonly Template[] = [
  {
    id: '200000000000001',
    name: 'order_confirmation_global',
    body: 'שלום {{1}}, הזמנתך ל{{2}} {{3}} התקבלה.\nמספר הזמנה: {{4}}\n{{5}} × {{6}}\nסכום: {{7}}\nזמן טיפול: {{8}} ימי עסקים.',
    parameters: 8,
    document: false,
  },
  {
    id: '200000000000002',
    name: 'visa_approval_file_phone',
    body: 'שלום {{1}}, הוויזה ל{{2}} אושרה ומצורפת להודעה.',
    parameters: 2,
    document: true,
  },
  {
    id: '200000000000003',
    name: 'visa_approval_file_multi_he',
    body: 'הוויזה של {{1}} מצורפת להודעה.',
    parameters: 1,
    document: true,
  },
  {
    id: '200000000000004',
    name: 'fix_mistake_global_hebrew',
    body: 'שלום {{1}}, בבקשה ל{{2}} נדרש תיקון.\n{{3}}\n{{4}}\nיש לעדכן את הפרטים.',
    parameters: 4,
    document: false,
  },
];

export const templateLanguage = 'he';

export function templateByName(name: string): Template | undefined {
  return templates.find((template) => template.name === name);
}

/** As the Graph API lists it. */
export function showTemplate(template: Template): Record<string, unknown> {
  const example = Array.from({ length: template.parameters }, (_, index) => `דוגמה ${index + 1}`);
  const body = { type: 'BODY', text: template.body, example: { body_text: [example] } };
  const header = { type: 'HEADER', format: 'DOCUMENT' };
  return {
    id: template.id,
    name: template.name,
    language: templateLanguage,
    status: 'APPROVED',
    category: 'UTILITY',
    components: template.document ? [header, body] : [body],
    quality_score: { score: 'GREEN', date: 1_767_603_600 },
  };
}
