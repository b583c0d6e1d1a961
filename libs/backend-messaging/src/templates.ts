/** An approved WhatsApp template, as far as we must know it to fill it. */
export interface Template {
  readonly name: string;
  readonly language: string;
  readonly bodyParameters: number;
}

export const orderConfirmation: Template = {
  name: 'order_confirmation_global',
  language: 'he',
  bodyParameters: 8,
};

const longestParameter = 1_024;

/**
 * What Meta would refuse about these parameters, in words; empty when nothing.
 * Rule: a text parameter holds no newline, no tab and no more than four blanks in a row.
 * https://developers.facebook.com/docs/whatsapp/message-templates/guidelines
 */
export function checkParameters(template: Template, parameters: readonly string[]): readonly string[] {
  const problems: string[] = [];
  if (parameters.length !== template.bodyParameters)
    problems.push(`${template.name} takes ${template.bodyParameters} parameters, not ${parameters.length}`);
  parameters.forEach((parameter, index) => {
    if (parameter === '') problems.push(`parameter ${index + 1} is empty`);
    if (/[\n\r\t]| {5,}/.test(parameter))
      problems.push(`parameter ${index + 1} has a line break, a tab or a run of blanks`);
    if (parameter.length > longestParameter) problems.push(`parameter ${index + 1} is too long`);
  });
  return problems;
}
