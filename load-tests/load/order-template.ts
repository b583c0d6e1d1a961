import invented from '../invented-order.json' with { type: 'json' };

/**
 * One realistic paid order of 2,048 bytes whose numbers can be overwritten in place, so that the generator spends its
 * share of the machine on sending and not on building JSON. Everybody in it is invented.
 */
export interface RequestTemplate {
  /** Header and body of one HTTP request, ready to be written to a socket. */
  readonly bytes: Buffer;
  /** Where the seven digits of the order's number stand. */
  readonly offsets: readonly number[];
}

const DIGITS = 7;
const HOLE = '#'.repeat(DIGITS);
const BODY_BYTES = 2_048;
const FIRST_NUMBER = 1_000_000;
const FORM_ID = `frm_Bench${HOLE}`;
const { form, applicant, payment } = invented;

export function orderId(index: number): string {
  return `IL261120IN${FIRST_NUMBER + index}`;
}

/** Every number of the prefix 53 is a valid mobile number; of 50 those that go on with 1 are not. */
export function orderPhone(index: number): string {
  return `97253${FIRST_NUMBER + index}`;
}

export function requestTemplate(url: URL, headers: Readonly<Record<string, string>>): RequestTemplate {
  const body = Buffer.from(paddedBody());
  const head = [
    `POST ${url.pathname} HTTP/1.1`,
    `Host: ${url.host}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');
  const bytes = Buffer.concat([Buffer.from(head), body]);
  return { bytes, offsets: holesOf(bytes) };
}

/** The same for reading an order at `<url>/<orderId>`. */
export function readTemplate(url: URL, headers: Readonly<Record<string, string>>): RequestTemplate {
  const head = [
    `GET ${url.pathname}/IL261120IN${HOLE} HTTP/1.1`,
    `Host: ${url.host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');
  const bytes = Buffer.from(head);
  return { bytes, offsets: holesOf(bytes) };
}

/** Makes the request in `bytes` the one of order `index`. */
export function fillNumber(bytes: Buffer, offsets: readonly number[], index: number): void {
  let rest = FIRST_NUMBER + index;
  for (let place = DIGITS - 1; place >= 0; place -= 1) {
    const digit = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
    for (const offset of offsets) bytes[offset + place] = digit;
  }
}

function holesOf(bytes: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = bytes.indexOf(HOLE); at >= 0; at = bytes.indexOf(HOLE, at + DIGITS)) offsets.push(at);
  return offsets;
}

function paddedBody(): string {
  const missing = BODY_BYTES - Buffer.byteLength(JSON.stringify(order('')));
  return JSON.stringify(order('x'.repeat(Math.max(0, missing))));
}

function order(referrer: string): unknown {
  const client = {
    ...form.client,
    email: `dana.${HOLE}@example.test`,
    phone: { code: '972', number: `053${HOLE}` },
  };
  const applicants = [{ ...applicant, id: `apl_Bench${HOLE}` }];
  return {
    form: { ...form, id: FORM_ID, client, applicants, meta: { ...form.meta, referrer } },
    order: { ...payment, id: `IL261120IN${HOLE}`, form_id: FORM_ID, payment_id: `pi_TESTBENCH${HOLE}` },
  };
}
