import { type Condition, type Op, opsOf, Specification, type ValueOf } from '@visapi/backend-repositories';
import { type OrderFacts, orderFields, type OrderFields } from '@visapi/backend-repositories/orders';

/** A rule that orders are chosen by. */
export type OrderSpecification = Specification<OrderFacts, OrderFields>;

const { review: _review, whatsappAlertsEnabled: _alerts, ...named } = orderFields;

/** The fields that a search may name. */
export const searchFields = named;

export function isSearchField(name: unknown): name is keyof typeof searchFields {
  return typeof name === 'string' && Object.hasOwn(searchFields, name);
}

/** The comparisons that a field knows. */
export function opsKnownTo(field: keyof typeof searchFields): readonly string[] {
  return opsOf[searchFields[field].kind];
}

/** A rule that was read; whoever read it has checked that its fields know its operators and values. */
export function orderRuleOf(condition: Condition): OrderSpecification {
  return Specification.read<OrderFacts, OrderFields>(orderFields, condition);
}

type KindOf<F extends keyof OrderFields> = OrderFields[F]['kind'];

/** A rule about one field of orders. */
export function orderRule<F extends keyof OrderFields, O extends Op<KindOf<F>>>(
  field: F,
  op: O,
  value: ValueOf<KindOf<F>, O>,
): OrderSpecification {
  return Specification.of<OrderFacts, OrderFields, F, O>(orderFields, field, op, value);
}

/** Decimal text such as `10000` or `498.50`, in one currency: amounts of two currencies have no order. */
export interface Money {
  readonly currency: string;
  readonly amount: string;
}

/**
 * Says what orders are wanted, one wish after the other; all must hold. Immutable: each step is a new builder, so that
 * a half-said wish can be kept and completed in several ways.
 */
export class OrderSpecificationBuilder {
  constructor(private readonly wishes: readonly OrderSpecification[] = []) {}

  withBranch(branch: string): OrderSpecificationBuilder {
    return this.custom(orderRule('branch', 'eq', branch));
  }

  withBranches(branches: readonly string[]): OrderSpecificationBuilder {
    return this.custom(orderRule('branch', 'in', branches));
  }

  withStatus(status: string): OrderSpecificationBuilder {
    return this.custom(orderRule('status', 'eq', status));
  }

  /** @param country the key that orders are kept under, such as `india` */
  withCountry(country: string): OrderSpecificationBuilder {
    return this.custom(orderRule('country', 'eq', country));
  }

  withProduct(name: string): OrderSpecificationBuilder {
    return this.custom(orderRule('product', 'eq', name));
  }

  withAmountGreaterThan({ currency, amount }: Money): OrderSpecificationBuilder {
    return this.custom(orderRule('currency', 'eq', currency).and(orderRule('amount', 'gt', amount)));
  }

  withMinAmount({ currency, amount }: Money): OrderSpecificationBuilder {
    return this.custom(orderRule('currency', 'eq', currency).and(orderRule('amount', 'gte', amount)));
  }

  /** Whose customer asked to be told by WhatsApp. */
  withWhatsAppEnabled(): OrderSpecificationBuilder {
    return this.custom(orderRule('whatsappAlertsEnabled', 'eq', true));
  }

  withClientEmail(email: string): OrderSpecificationBuilder {
    return this.custom(orderRule('email', 'eq', email));
  }

  /** @param phone E.164 */
  withClientPhone(phone: string): OrderSpecificationBuilder {
    return this.custom(orderRule('phone', 'eq', phone));
  }

  /** At that time or later. */
  createdAfter(time: Date): OrderSpecificationBuilder {
    return this.custom(orderRule('createdAt', 'gte', time));
  }

  /** Earlier than that time, so that two periods that meet share no order. */
  createdBefore(time: Date): OrderSpecificationBuilder {
    return this.custom(orderRule('createdAt', 'lt', time));
  }

  unprocessed(): OrderSpecificationBuilder {
    return this.custom(orderRule('processedAt', 'isNull', true));
  }

  /** @param warning such as `phone:invalid`, or a field to mean all warnings about it */
  withWarning(warning: string): OrderSpecificationBuilder {
    return this.custom(orderRule('warnings', 'contains', warning));
  }

  /** What was said so far, or one of these instead. */
  or(...others: readonly OrderSpecification[]): OrderSpecificationBuilder {
    return new OrderSpecificationBuilder([this.build().or(...others)]);
  }

  /** And not this. */
  not(other: OrderSpecification): OrderSpecificationBuilder {
    return this.custom(other.not());
  }

  /** And this. */
  custom(wish: OrderSpecification): OrderSpecificationBuilder {
    return new OrderSpecificationBuilder([...this.wishes, wish]);
  }

  /** Every order, if nothing was wished for. */
  build(): OrderSpecification {
    const [first, ...others] = this.wishes;
    if (first === undefined) return Specification.everything<OrderFacts, OrderFields>(orderFields);
    return others.length === 0 ? first : first.and(...others);
  }
}
