import { fieldsOf, listOf, textOf } from '../vendor.js';
import { templateByName, templateLanguage } from './templates.js';

interface Problem {
  readonly code: number;
  readonly message: string;
}

export type ReadTemplate =
  { readonly template: string; readonly parameters: readonly string[] } | { readonly problem: Problem };

/** A Cloud API template message, judged by the template's definition as Meta judges it. */
export function readTemplateMessage(message: Readonly<Record<string, unknown>>): ReadTemplate {
  if (message['type'] !== 'template') return fault(100, 'Invalid parameter: type must be template');
  const given = fieldsOf(message['template']);
  const template = templateByName(textOf(given['name']) ?? '');
  if (template === undefined || fieldsOf(given['language'])['code'] !== templateLanguage) {
    return fault(132001, 'Template name does not exist in the translation');
  }
  const components = listOf(given['components']).map(fieldsOf);
  const parameters = listOf(componentOf(components, 'body')['parameters']).map(
    (parameter) => textOf(fieldsOf(parameter)['text']) ?? '',
  );
  if (parameters.length !== template.parameters) {
    return fault(132000, 'Number of parameters does not match the expected number of params');
  }
  if (parameters.some((parameter) => parameter.trim() === ''))
    return fault(131008, 'Required parameter is missing');
  // Meta's public rule for text parameters of templates.
  if (parameters.some((parameter) => /[\n\r\t]| {5,}/.test(parameter))) {
    return fault(132018, 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces');
  }
  if (template.document && documentLink(componentOf(components, 'header')) === undefined) {
    return fault(132012, 'Parameter format does not match format in the created template');
  }
  return { template: template.name, parameters };
}

type Component = Readonly<Record<string, unknown>>;

function componentOf(components: readonly Component[], type: string): Component {
  return components.find((component) => component['type'] === type) ?? {};
}

function documentLink(header: Component): string | undefined {
  const parameter = fieldsOf(listOf(header['parameters'])[0]);
  return textOf(fieldsOf(parameter['document'])['link']);
}

function fault(code: number, message: string): ReadTemplate {
  return { problem: { code, message } };
}
