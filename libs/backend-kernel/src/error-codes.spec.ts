import { describe, expect, it } from '@jest/globals';
import { AppError, type Category, categoryPolicy } from './app-error.js';
import { type ErrorCode, type ErrorPage, errorCodes } from './error-codes.js';

const pages = Object.entries(errorCodes) as [ErrorCode, ErrorPage][];

describe('the page of error codes', () => {
  it.each(Object.entries(categoryPolicy) as [Category, { code: ErrorCode }][])(
    'explains what is answered by default for %s, as that',
    (category, { code }) => {
      expect(errorCodes[code].category).toBe(category);
      expect(new AppError(category, 'Said for once.').code).toBe(code);
    },
  );

  it.each(pages)('says of %s its cause, a remedy, and whether to send again', (code, page) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    for (const text of [page.cause, page.remedy, page.again]) expect(text).toMatch(/^[A-Z`].*\.$/s);
  });
});
