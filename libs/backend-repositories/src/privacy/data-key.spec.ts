import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { blindIndex, makeDataKey, open, seal, unwrap, wrap } from './data-key.js';
import { Keyring } from './keyring.js';
import { personOf } from './person.js';

const named = (id: string) => ({ id, key: randomBytes(32) });
const place = { table: 'messages', column: 'parameters', row: 'a' };
const bytes = Buffer.from('["דנה לדוגמה"]');

describe('a data key', () => {
  it('is stored encrypted by the first key of the keyring, and opened by whichever key that was', () => {
    const [old, young] = [named('k1'), named('k2')];
    const key = makeDataKey();
    const before = wrap(key, 'person', new Keyring([old]));
    const after = wrap(
      unwrap(before, 'person', new Keyring([young, old])),
      'person',
      new Keyring([young, old]),
    );
    expect([before.keyId, after.keyId]).toEqual(['k1', 'k2']);
    expect(unwrap(after, 'person', new Keyring([young])).key.equals(key.key)).toBe(true);
    expect(() => unwrap(before, 'person', new Keyring([young]))).toThrow(
      'Data is encrypted by the key k1, which ENCRYPTION_KEYS does not hold',
    );
  });

  it('cannot be passed off as that of another row or for another purpose', () => {
    const keyring = new Keyring([named('k1')]);
    const wrapped = wrap(makeDataKey(), 'person', keyring);
    expect(() => unwrap({ ...wrapped, id: makeDataKey().id }, 'person', keyring)).toThrow();
    expect(() => unwrap(wrapped, 'deliveries', keyring)).toThrow();
  });

  it.each([
    ['of another row', { ...place, row: 'b' }],
    ['of another column', { ...place, column: 'document' }],
    ['of another table', { ...place, table: 'order_details' }],
  ])('opens no bytes that were moved to a place %s', (_name, elsewhere) => {
    const key = makeDataKey();
    const sealed = seal(key, place, bytes);
    expect(open(key, place, sealed).equals(bytes)).toBe(true);
    expect(() => open(key, elsewhere, sealed)).toThrow();
    expect(() => open({ ...key, id: makeDataKey().id }, place, sealed)).toThrow();
  });
});

describe('whose an order is', () => {
  it('is said by its phone, else its e-mail in any letters, else by nothing but the order', () => {
    const orderId = 'IL260105IN10';
    const [clientPhone, clientEmail] = ['+972500000001', ' Dana.Example@Example.test'];
    expect(personOf({ orderId, clientPhone, clientEmail })).toBe('phone:+972500000001');
    expect(personOf({ orderId, clientPhone: null, clientEmail })).toBe('email:dana.example@example.test');
    expect(personOf({ orderId, clientPhone: null, clientEmail: null })).toBe(`order:${orderId}`);
  });

  it('cannot be found out from its index without the index key', () => {
    const person = 'phone:+972500000001';
    const [one, other] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];
    expect(blindIndex(one, person).equals(blindIndex(one, person))).toBe(true);
    expect(blindIndex(one, person).equals(blindIndex(other, person))).toBe(false);
    // RFC 4231, test case 2.
    expect(
      blindIndex(createSecretKey(Buffer.from('Jefe')), 'what do ya want for nothing?').toString('hex'),
    ).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });
});
