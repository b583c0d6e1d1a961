import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from './load.js';
import { slices } from './slices.js';

const { access, cbb, database, http, process } = slices;

const minimal = { DATABASE_URL: 'postgres://app:x@127.0.0.1:5432/visapi' };

describe('loadConfig', () => {
  it('boots a minimal environment with documented defaults', () => {
    const config = loadConfig(minimal, { database, cbb, process });
    expect(config.database.poolMax).toBe(8);
    expect(config.cbb).toMatchObject({ timeoutMs: 30_000, rateLimit: 10, enabled: true, dryRun: false });
    expect(config.cbb.fieldIds['OrderNumber']).toBe(459752);
  });

  it('lists every problem together and names what would be right', () => {
    const broken = {
      DATABASE_URL: 'mysql://x',
      DATABASE_POOL_MAX: 'many',
      CBB_SYNC_DRY_RUN: 'yes',
      CBB_FIELD_IDS: '{',
    };
    const attempt = () => loadConfig(broken, { database, cbb });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(/DATABASE_URL must be a URL that starts with postgres:/);
    expect(attempt).toThrow(/DATABASE_POOL_MAX must be an integer from 1 to 100/);
    expect(attempt).toThrow(/CBB_SYNC_DRY_RUN must be the word true or false/);
    expect(attempt).toThrow(/CBB_FIELD_IDS must be JSON/);
  });

  it('keeps the default id of every field that is not named', () => {
    const { fieldIds } = loadConfig({ CBB_FIELD_IDS: '{"OrderNumber":11}' }, { cbb }).cbb;
    expect(fieldIds).toEqual({ ...loadConfig({}, { cbb }).cbb.fieldIds, OrderNumber: 11 });
    expect(Object.keys(fieldIds).length).toBeGreaterThan(1);
  });

  it('counts an empty value as not set', () => {
    expect(loadConfig({ ...minimal, DATABASE_POOL_MAX: '' }, { database }).database.poolMax).toBe(8);
  });

  it('demands the pepper in production and only there', () => {
    expect(loadConfig({}, { access }).access.pepper).not.toBe('');
    expect(() => loadConfig({ NODE_ENV: 'production' }, { access })).toThrow(
      /API_KEY_PEPPER is required in production/,
    );
  });

  it('refuses a shifted clock in production', () => {
    const shifted = { NODE_ENV: 'production', CLOCK_OFFSET_MS: '1000' };
    expect(() => loadConfig(shifted, { process })).toThrow(/CLOCK_OFFSET_MS must not be set in production/);
  });

  it('trusts no proxy unless told which', () => {
    const trusted = (TRUST_PROXY: string) => loadConfig({ TRUST_PROXY }, { http }).http.trustProxy;
    expect(loadConfig({}, { http }).http.trustProxy).toBeUndefined();
    expect(trusted('10.0.0.0/8, ::1,loopback')).toBe('10.0.0.0/8,::1,loopback');
    for (const wrong of ['true', '1', '10.0.0.0/33', '10.0.0.0/', '10.0.0', '::1/129', '10.0.0.1,,::1'])
      expect(() => trusted(wrong)).toThrow(/TRUST_PROXY must be addresses or networks such as/);
  });

  it('lets pages of other origins in only when each is named exactly', () => {
    const allowed = (CORS_ORIGIN: string) => loadConfig({ CORS_ORIGIN }, { http }).http.corsOrigins;
    expect(loadConfig({}, { http }).http.corsOrigins).toBeUndefined();
    expect(allowed('https://app.example, http://localhost:5173')).toEqual([
      'https://app.example',
      'http://localhost:5173',
    ]);
    for (const wrong of [
      '*',
      'https://*.example',
      'https://app.example/',
      'app.example',
      'null',
      'https://a,',
    ])
      expect(() => allowed(wrong)).toThrow(/CORS_ORIGIN must be exact origins/);
  });

  it('freezes what it returns', () => {
    expect(Object.isFrozen(loadConfig(minimal, { database }).database)).toBe(true);
  });
});
