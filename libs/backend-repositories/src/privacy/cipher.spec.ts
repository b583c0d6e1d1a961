import { createCipheriv, createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openBytes, overhead, sealBytes } from './cipher.js';

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => createSecretKey(bytes));
const contents = fc.uint8Array({ maxLength: 4_096 }).map((bytes) => Buffer.from(bytes));

/** NIST's GCM test vector for a key of 256 bits, 60 bytes of text and 20 of associated data (McGrew and Viega, case 16). */
const known = {
  key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
  iv: 'cafebabefacedbaddecaf888',
  text:
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72' +
    '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
  sealed:
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa' +
    '8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
  tag: '76fc6ece0f4e1768cddf8853bb2d551b',
};

describe('sealed bytes', () => {
  it('are AES-256-GCM as everybody knows it, behind our version, IV and tag', () => {
    const hex = (text: string) => Buffer.from(text, 'hex');
    const cipher = createCipheriv('aes-256-gcm', hex(known.key), hex(known.iv)).setAAD(hex(known.aad));
    expect(cipher.update(hex(known.text)).toString('hex') + cipher.final('hex')).toBe(known.sealed);
    expect(cipher.getAuthTag().toString('hex')).toBe(known.tag);
    // Ours, put together by hand from the same parts.
    const bound = 'data_keys|1|person';
    const own = createCipheriv('aes-256-gcm', hex(known.key), hex(known.iv)).setAAD(Buffer.from(bound));
    const ciphertext = Buffer.concat([own.update(hex(known.text)), own.final()]);
    const sealed = Buffer.concat([Buffer.from([1]), hex(known.iv), own.getAuthTag(), ciphertext]);
    expect(openBytes(createSecretKey(hex(known.key)), bound, sealed).toString('hex')).toBe(known.text);
  });

  it('come back as they were, whatever they were, and nowhere else', () => {
    fc.assert(
      fc.property(keys, contents, fc.string(), fc.string(), (key, bytes, here, there) => {
        const sealed = sealBytes(key, here, bytes);
        expect(sealed.length).toBe(bytes.length + overhead);
        expect(openBytes(key, here, sealed).equals(bytes)).toBe(true);
        if (!Buffer.from(here).equals(Buffer.from(there)))
          expect(() => openBytes(key, there, sealed)).toThrow('changed, moved or sealed by another key');
      }),
    );
  });

  it('cannot be changed in any byte, shortened, or opened by another key', () => {
    fc.assert(
      fc.property(
        keys,
        keys,
        contents,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (key, other, bytes, at, by) => {
          const sealed = sealBytes(key, 'here', bytes);
          const changed = Buffer.from(sealed);
          const place = at % changed.length;
          changed[place] = (changed[place] ?? 0) ^ by;
          expect(() => openBytes(key, 'here', changed)).toThrow();
          expect(() => openBytes(key, 'here', sealed.subarray(0, at % sealed.length))).toThrow();
          if (!key.equals(other)) expect(() => openBytes(other, 'here', sealed)).toThrow();
        },
      ),
    );
  });

  it('are never the same twice: no IV is used again, however many are drawn', () => {
    const key = createSecretKey(Buffer.alloc(32, 7));
    const ivs = Array.from({ length: 5_000 }, () =>
      sealBytes(key, '', Buffer.alloc(0)).toString('hex', 1, 13),
    );
    expect(new Set(ivs).size).toBe(ivs.length);
  });

  it('say nothing of what they hold when they cannot be opened', () => {
    const sealed = sealBytes(createSecretKey(Buffer.alloc(32, 1)), 'orders|x|1|2', Buffer.from('P1234567'));
    expect(() => openBytes(createSecretKey(Buffer.alloc(32, 2)), 'orders|x|1|2', sealed)).toThrow(
      /^(?!.*P1234567)/s,
    );
  });
});
