import { type OrderContent, type OrderRow } from '@visapi/backend-repositories/orders';
import { effectsModel, journalRows, ordersModel, viziOrder } from '@visapi/backend-testing';
import { decideConfirmation, decideContact } from '../src/confirmation.js';
import { newConfirmation, newContact } from '../src/effects.js';
import { planChange, writeChange } from '../src/order-change.js';
import { readOrder } from '../src/order.js';
import { type Saying } from './plan.js';
import { type Process, type World } from './world.js';

export const phones = ['+972500000001', '+972500000002'] as const;
const names = ['Dana', 'Noa', 'Tal'];
const base = readOrder(viziOrder({}), 'IL260105IN1');

interface Stored {
  readonly position: number;
  readonly content: OrderContent;
  isApplied: boolean;
}

/** What the shop has said of orders, and what we made of it: the rows that the journal depends on. */
export class Shop {
  private position = 0;
  private readonly stored = new Map<string, Stored[]>();
  private readonly rows = new Map<string, OrderRow>();
  /** What each version of an order says, by order and version. */
  private readonly versions = new Map<string, OrderContent>();

  constructor(private readonly world: World) {}

  /** A delivery is stored before the shop is answered. */
  deliver(orderId: string, said: Saying): void {
    const content: OrderContent = {
      ...base,
      clientPhone: phones[said.phone] ?? null,
      clientName: names[said.name] ?? null,
      orderStatus: said.isCanceled ? 'canceled' : 'active',
      whatsappAlertsEnabled: said.wantsMessages,
    };
    this.position += 1;
    const deliveries = this.stored.get(orderId) ?? [];
    this.stored.set(orderId, [...deliveries, { position: this.position, content, isApplied: false }]);
    this.world.journal = {
      ...this.world.journal,
      openDeliveries: [...this.world.journal.openDeliveries, orderId],
    };
    this.world.outbox.push({ kind: 'interpret', id: orderId });
  }

  newestPosition(orderId: string): number {
    return this.stored.get(orderId)?.at(-1)?.position ?? 0;
  }

  /** Whether these words are what the order says by a delivery of this position or a later one. */
  isNewEnough(orderId: string, position: number, phone: string | null, parameters: string | null): boolean {
    return (this.stored.get(orderId) ?? [])
      .filter((delivery) => delivery.position >= position)
      .map(({ content }) => decideConfirmation(content, orderId))
      .some(
        (decision) =>
          decision.state === 'planned' &&
          decision.phone === phone &&
          JSON.stringify(decision.parameters) === parameters,
      );
  }

  row(orderId: string): OrderRow | undefined {
    return this.rows.get(orderId);
  }

  valuesOf(order: journalRows.OrderRecord): string {
    return `${order.orderId}: ${this.versions.get(`${order.orderId}@${order.contentVersion}`)?.clientName ?? '?'}`;
  }

  /** `CreateOrder`: applies every waiting delivery of an order in one transaction. */
  async interpret(process: Process, orderId: string): Promise<void> {
    const { world } = this;
    await process.step(`reads what waits of ${orderId}`);
    const waiting = (this.stored.get(orderId) ?? []).filter(({ isApplied }) => !isApplied);
    const isNew = !this.rows.has(orderId);
    await process.step(`writes ${orderId}`);
    for (const [index, delivery] of waiting.entries()) {
      // Two statements never run at the same moment.
      world.now += 1;
      if (isNew && index === 0) {
        // The order's and the effects' unique keys refuse the second of two that saw nothing there.
        if (this.rows.has(orderId) && world.guard.uniqueKeys) return;
        this.begin(orderId, delivery);
      } else if (!delivery.isApplied) await this.change(orderId, delivery);
      delivery.isApplied = true;
    }
    const open = (this.stored.get(orderId) ?? []).filter(({ isApplied }) => !isApplied).map(() => orderId);
    const others = world.journal.openDeliveries.filter((id) => id !== orderId);
    world.journal = { ...world.journal, openDeliveries: [...others, ...open] };
  }

  private begin(orderId: string, { content, position }: Stored): void {
    const { world } = this;
    const order = {
      orderId,
      branch: content.branch,
      clientPhone: content.clientPhone ?? null,
      deliveryPosition: position,
      contentVersion: 1,
      firstReceivedAt: world.now,
      cbbSynced: false,
      whatsappConfirmationSent: false,
    };
    this.keep(orderId, {
      ...content,
      orderId,
      contentVersion: 1,
      eventVersion: 1,
      appliedPosition: position,
    });
    const contactId = world.newId('contact');
    const contact = newContact(decideContact(content), orderId, 1, 'simulated');
    const decision = decideConfirmation(content, orderId);
    const confirmation = newConfirmation(decision, orderId, 'simulated');
    const isOwed = decision.state === 'planned';
    const message: journalRows.EffectRecord = {
      ...{
        ...ordersModel.owed(world.now),
        orderId,
        semanticKey: confirmation.semanticKey,
        lane: String(confirmation.lane),
      },
      ...{ id: world.newId('message'), kind: 'message', purpose: 'confirmation' },
      ...{ state: isOwed ? 'planned' : 'skipped', reason: confirmation.reason ?? null },
    };
    const words = ordersModel.worded(
      message.id,
      isOwed ? decision.phone : null,
      isOwed ? JSON.stringify(decision.parameters) : null,
    );
    const orders = world.journal.orders.filter((known) => known.orderId !== orderId);
    world.journal = { ...world.journal, orders: [...orders, order] };
    const { semanticKey } = contact;
    world.write(
      ordersModel.planContact(world.journal, world.now, {
        id: contactId,
        semanticKey,
        orderId,
        lane: contact.lane,
      }),
    );
    const { effects, messages } = world.journal;
    world.journal = { ...world.journal, effects: [...effects, message], messages: [...messages, words] };
    world.outbox.push({ kind: 'sync', id: contactId });
  }

  private async change(orderId: string, { content, position }: Stored): Promise<void> {
    const before = this.rows.get(orderId);
    if (!before || before.appliedPosition >= position) return;
    const cause = {
      deliveryId: null,
      appliedPosition: position,
      actor: 'source:vizi',
      correlationId: 'simulated',
    };
    const change = planChange(before, content, cause);
    const into = {
      orders: { applyChange: async () => this.apply(before, change) },
      effects: {
        oweContactAgain: async (_: unknown, left: string) =>
          this.world.write(effectsModel.oweContactAgain(this.world.journal, this.world.now, left)),
      },
    };
    await writeChange(undefined as never, into as never, before, change);
  }

  private apply(before: OrderRow, change: ReturnType<typeof planChange>): void {
    const { world } = this;
    const { orderId, content, contact, confirmation } = change;
    const contentVersion = before.contentVersion + 1;
    this.keep(orderId, { ...before, ...content, contentVersion, appliedPosition: change.appliedPosition });
    world.journal = journalRows.changeOrder(world.journal, orderId, {
      branch: content.branch,
      clientPhone: content.clientPhone ?? null,
      contentVersion,
      ...(contact?.state === 'planned' && { cbbSynced: false }),
    });
    if (contact) {
      const planned = {
        id: world.newId('contact'),
        semanticKey: contact.semanticKey,
        orderId,
        lane: contact.lane,
      };
      world.write(ordersModel.planContact(world.journal, world.now, planned));
      world.outbox.push({ kind: 'sync', id: planned.id });
    }
    if (!confirmation) return;
    const parameters = confirmation.parameters === null ? null : confirmation.parameters.toString();
    world.write(
      ordersModel.followConfirmation(world.journal, world.now, orderId, { ...confirmation, parameters }),
    );
  }

  private keep(orderId: string, row: object): void {
    const kept = row as OrderRow;
    this.rows.set(orderId, kept);
    this.versions.set(`${orderId}@${kept.contentVersion}`, kept);
  }
}
