import { describe, expect, it } from '@jest/globals';
import { Guessers } from './guessers.js';

const office = '203.0.113.7';

function barred(): Guessers {
  const guessers = new Guessers();
  guessers.recognised('shop', { 'x-api-key': 'shop.right', authorization: 'Bearer something' });
  guessers.recognised('session', { authorization: 'Bearer token', cookie: 'a=1' });
  guessers.recognised('browser', { cookie: 'visapi_session=token' });
  guessers.bar(office, 60);
  return guessers;
}

describe('where somebody has guessed too often', () => {
  it.each([
    [{ 'x-api-key': 'shop.right' }],
    [{ 'x-api-key': 'shop.right', cookie: 'a=2' }],
    [{ authorization: 'Bearer token' }],
    [{ cookie: 'visapi_session=token' }],
  ])('what was right goes on, whatever else comes with it: %j', (headers) => {
    expect(barred().barredFor(office, headers)).toBe(0);
  });

  it.each([
    [{}],
    [{ 'x-api-key': 'shop.wrong' }],
    [{ authorization: 'shop.right' }],
    [{ 'x-api-key': 'Bearer token' }],
    [{ 'x-api-key': '', authorization: 'Bearer token' }],
    [{ 'x-api-key': 'shop.wrong', authorization: 'Bearer token' }],
    [{ authorization: 'Bearer wrong', cookie: 'visapi_session=token' }],
  ])('nothing else is looked at, whatever comes beside it: %j', (headers) => {
    expect(barred().barredFor(office, headers)).toBeGreaterThan(0);
  });
});
