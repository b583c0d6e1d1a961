import { journalRows, type messagesModel } from '@visapi/backend-testing';
import type { ReceiptFate, SendFate, WriteFate } from './plan.js';
import { applyBody, bodiesOf } from './receipts.js';
import { phones, type Shop } from './shop.js';
import { Death, Process, type Send, Violation, type World } from './world.js';

type Request = messagesModel.ReadClaim & { readonly position: number };

const errors = {
  silent: { failure: 'unknown', reason: 'time-out' },
  odd: { failure: 'unexpected', reason: 'unreadable' },
  lost: { failure: 'unknown', reason: 'reset' },
  busy: { failure: 'rate-limited', reason: 'http-429' },
  no: { failure: 'refused', reason: 'success-false' },
  refuse: { failure: 'permanent', reason: 'http-400' },
} as const;

/** The CRM and Meta behind it: what they do is the plan's, whether it is right is judged here. */
export class Vendor {
  private readonly fates: SendFate[];
  private readonly writes: WriteFate[];
  private readonly receipts: ReceiptFate[];
  /** Everything Meta will still post. */
  readonly posts: Promise<void>[] = [];

  constructor(private readonly world: World) {
    this.fates = [...world.plan.sends];
    this.writes = [...world.plan.writes];
    this.receipts = [...world.plan.receipts];
    for (const [index, fate] of world.plan.foreign.entries()) {
      const about = { phone: phones[0], wamid: `wamid.foreign${index}`, ownId: null };
      this.post(bodiesOf(world, { ...fate, namesUs: false }, about));
    }
  }

  writeContact(phone: string, values: string): WriteFate {
    const fate = (this.world.isQuiet ? undefined : this.writes.shift()) ?? 'ok';
    if (fate === 'ok' || fate === 'fails after') this.world.crm.set(phone, values);
    this.world.say(`CRM: ${phone} ${fate}, holds ${this.world.crm.get(phone) ?? 'nothing'}`);
    return fate;
  }

  send(request: Request, shop: Shop) {
    const { world } = this;
    this.judge(request, shop);
    const fate = (world.isQuiet ? undefined : this.fates.shift()) ?? 'accept';
    const isTaken = ['accept', 'silent', 'odd'].includes(fate);
    const { effectId, orderId, attempt } = request;
    const send: Send = { effectId, orderId, attempt, isTaken, heard: 'nothing', isDenied: false };
    world.sends.push(send);
    world.say(`CRM: ${isTaken ? 'takes' : 'does not take'} ${effectId}, ${fate}`);
    const receipts = isTaken && !world.isQuiet ? this.receipts.shift() : undefined;
    const about = { phone: String(request.phone), wamid: `wamid.${world.sends.length}`, ownId: effectId };
    if (receipts) this.post(bodiesOf(world, receipts, about));
    return { send, error: fate === 'accept' ? undefined : errors[fate] };
  }

  /** What may be sent: nothing twice, nothing outdated, nothing to anybody who does not want it. */
  private judge({ effectId, orderId, position, phone, parameters }: Request, shop: Shop): void {
    const { world } = this;
    const mayHaveGone = ({ effectId: id, heard, isDenied }: Send) =>
      id === effectId && heard !== 'denied' && !isDenied;
    if (world.sends.some(mayHaveGone))
      throw new Violation(`${effectId} is sent although it may have been sent already`);
    if (!shop.isNewEnough(orderId, position, phone, parameters))
      throw new Violation(`${effectId} tells what its order no longer said when it was claimed`);
    const contact = journalRows.newestContact(world.journal, orderId);
    if (!contact) throw new Violation(`${orderId} is told without a contact`);
  }

  private post(bodies: ReturnType<typeof bodiesOf>): void {
    for (const [index, body] of bodies.entries()) this.posts.push(this.deliver(body, index));
  }

  /** Meta posts again what was not answered with 200, as the inbox does with what was not applied. */
  private async deliver(body: ReturnType<typeof bodiesOf>[number], index: number): Promise<void> {
    const { world } = this;
    const process = new Process(
      world,
      `receipt ${body.providerMessageId} ${body.status}`,
      world.deathOf(index),
    );
    for (;;)
      try {
        await applyBody(process, [body]);
        return;
      } catch (error) {
        if (!(error instanceof Death)) throw error;
      }
  }
}
