import { fieldsOf, listOf, textOf } from '../vendor.js';
import { type Template, templateByName, templateLanguage } from './templates.js';

interface Problem {
  readonly code: number;
  readonly message: string;
}

interface ReadMessage {
  readonly template: string;
  readonly parameters: readonly string[];
  /** Link of the document in the header, for templates that have one. */
  readonly document: string | undefined;
}

export type ReadTemplate = ReadMessage | { readonly problem: Problem };

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
  const wrongText = textProblem(parameters, template.parameters);
  if (wrongText !== undefined) return { problem: wrongText };
  return readHeader(template, parameters, listOf(componentOf(components, 'header')['parameters']));
}

function textProblem(parameters: readonly string[], expected: number): Problem | undefined {
  if (parameters.length !== expected) {
    return { code: 132000, message: 'Number of parameters does not match the expected number of params' };
  }
  if (parameters.some((parameter) => parameter.trim() === ''))
    return { code: 131008, message: 'Required parameter is missing' };
  // Meta's public rule for text parameters of templates.
  if (parameters.some((parameter) => /[\n\r\t]| {5,}/.test(parameter))) {
    const message = 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces';
    return { code: 132018, message };
  }
  return undefined;
}

function readHeader(
  template: Template,
  parameters: readonly string[],
  header: readonly unknown[],
): ReadTemplate {
  if (!template.document) {
    return header.length > 0
      ? fault(132000, 'Number of header parameters does not match the expected number of params')
      : { template: template.name, parameters, document: undefined };
  }
  const document = header.length === 1 ? documentLink(fieldsOf(header[0])) : undefined;
  return document === undefined
    ? fault(132012, 'Parameter format does not match format in the created template')
    : { template: template.name, parameters, document };
}

type Component = Readonly<Record<string, unknown>>;

function componentOf(components: readonly Component[], type: string): Component {
  return components.find((component) => component['type'] === type) ?? {};
}

/** A document that Meta can fetch, under a name the customer sees. */
function documentLink({ type, document }: Component): string | undefined {
  const { link, filename } = fieldsOf(document);
  const address = textOf(link) ?? '';
  const canBeFetched = /^https?:\/\//i.test(address) && URL.canParse(address);
  const isNamed = (textOf(filename) ?? '').trim() !== '';
  return type === 'document' && canBeFetched && isNamed ? address : undefined;
}

function fault(code: number, message: string): ReadTemplate {
  return { problem: { code, message } };
}
