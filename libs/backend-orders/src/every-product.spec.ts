import { describe, expect, it } from '@jest/globals';
import { shopBranches, shopOrder } from '@visapi/backend-testing';
import { products } from './catalogue/products.js';
import { decideConfirmation } from './confirmation.js';
import { readOrder } from './order.js';

const parsed = (bytes: Buffer | null | undefined): unknown => JSON.parse((bytes ?? 'null').toString());
const idOf = (body: { order: Readonly<Record<string, unknown>> }) => String(body.order['id']);
const every = products.map((product) => [product.name, product] as const);

describe('an order of each product', () => {
  it.each(every)('is read whole and told right: %s', (_name, product) => {
    const body = shopOrder(product, 'il');
    const { applicants, details, ...columns } = readOrder(body, idOf(body));
    const decision = decideConfirmation({ ...columns, applicants, details }, idOf(body));
    const told = decision.state === 'planned' ? decision.parameters : decision.reason;
    const kept = { columns, applicants: parsed(applicants), details: parsed(details) };
    const lines = Object.entries(kept).map(([part, value]) => `${part}: ${JSON.stringify(value)}`);
    expect([`told: ${[told].flat().join(' | ')}`, ...lines].join('\n')).toMatchSnapshot();
  });

  it.each(shopBranches)('is read without a warning in branch %s, and told in branch il alone', (branch) => {
    const lines = products.map((product) => {
      const body = shopOrder(product, branch);
      const content = readOrder(body, idOf(body));
      const decision = decideConfirmation(content, idOf(body));
      expect([product.name, content.warnings]).toEqual([product.name, []]);
      expect(content.branch).toBe(branch);
      const { productCountry, validityDays, processingDays, amount, currency, clientPhone } = content;
      const told = decision.state === 'planned' ? decision.parameters.join(' | ') : decision.reason;
      const facts = [productCountry, `${validityDays} days`, `wait ${processingDays}`, amount, currency];
      return [product.name, ...facts, clientPhone, told].join('; ');
    });
    expect(lines.join('\n')).toMatchSnapshot();
  });
});
