import type { RouteDocs } from '@visapi/backend-http';
import type { ErrorDetail, Scope } from '@visapi/backend-kernel';

/** What the edge can tell from a body alone. */
export type Classified =
  | { readonly verdict: 'usable' | 'skipped'; readonly orderId: string | null }
  | {
      readonly verdict: 'rejected';
      readonly orderId: string | null;
      readonly problems: readonly ErrorDetail[];
    };

/** One kind of webhook, as data: where it comes in, who may send it, how its bodies are told apart. */
export interface WebhookDefinition {
  /** Name of the sender, kept on every delivery. */
  readonly source: string;
  readonly kind: 'order' | 'receipt';
  /** Paths below `/webhooks/`; one definition may answer at several. */
  readonly paths: readonly string[];
  /** What a sender reads of each path. */
  readonly docs: Readonly<Record<string, RouteDocs>>;
  readonly auth:
    | { readonly scheme: 'api-key'; readonly scopes: readonly Scope[] }
    | {
        readonly scheme: 'signature';
        /** Request header that holds the signature. */
        readonly header: string;
        /** Pure and constant in time; false also when no secret is configured: fails closed. */
        readonly verify: (body: Buffer, signature: string | undefined) => boolean;
      };
  /** Must be total: any JSON object gets a verdict, nothing throws. */
  readonly classify: (body: Readonly<Record<string, unknown>>) => Classified;
}

export function defineWebhook(definition: WebhookDefinition): WebhookDefinition {
  return definition;
}
