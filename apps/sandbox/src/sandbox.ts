import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { z } from 'zod';
import { AirtableBase } from './airtable/records.js';
import { airtableSimulator } from './airtable/simulator.js';
import { ContactStore } from './cbb/contact-store.js';
import { cbbSimulator } from './cbb/simulator.js';
import type { SandboxConfig } from './config.js';
import { mountControl } from './control/control-routes.js';
import { FaultBook } from './faults/fault-book.js';
import { PostClient } from './http-post.js';
import { ReceiptCourier } from './meta/receipt-courier.js';
import { metaSimulator } from './meta/simulator.js';
import { WhatsAppNumber } from './meta/whatsapp-number.js';
import { CallLog } from './recording/call-log.js';
import { SendCounts } from './recording/send-counts.js';
import { resendSimulator } from './resend/simulator.js';
import { slackSimulator } from './slack/simulator.js';
import { mountVendor } from './vendor-gate.js';
import { OrderPoster } from './vizi/order-poster.js';
import { zapierSimulator } from './zapier/simulator.js';

const largestBody = 10 * 1024 * 1024;
const receiptTimeoutMs = 10_000;
const orderTimeoutMs = 30_000;

export interface Sandbox {
  readonly app: FastifyInstance;
  readonly close: () => Promise<void>;
}

/** Every vendor on one port, not yet listening. */
export function createSandbox(config: SandboxConfig): Sandbox {
  const app = createServer(config.logLevel);
  const receiptClient = new PostClient(16, receiptTimeoutMs);
  const orderClient = new PostClient(256, orderTimeoutMs);
  const calls = new CallLog();
  const sends = new SendCounts();
  const faults = new FaultBook();
  const contacts = new ContactStore();
  const courier = createCourier(config, receiptClient, app);
  const poster = createPoster(config, orderClient);
  const number = new WhatsAppNumber(sends, courier, config.receiptDelaysMs);
  const { phoneNumberId, businessId } = config;
  const base = new AirtableBase();
  const airtable = airtableSimulator(base);
  const simulators = [
    cbbSimulator({ contacts, number, phoneNumberId, businessId }),
    metaSimulator({ number, phoneNumberId, businessId }),
    airtable,
    slackSimulator(),
    resendSimulator(),
    zapierSimulator(),
  ];
  for (const simulator of simulators) mountVendor(app, simulator, { calls, faults });
  const forgiveAirtable = airtable.forgive;
  mountControl(app, { calls, sends, faults, contacts, base, courier, poster, forgiveAirtable });
  const close = async (): Promise<void> => {
    poster?.stop();
    courier?.close();
    await app.close();
    receiptClient.close();
    orderClient.close();
  };
  return { app, close };
}

function createServer(level: string): FastifyInstance {
  const app = Fastify({
    logger: { level },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: largestBody,
    exposeHeadRoutes: false,
    // A call that hangs on request must not hold up the end of the process.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  // Vendors see raw bytes; each simulator reads them its own way.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, finish) => finish(null, body));
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) });
    if (error instanceof SyntaxError) return reply.code(400).send({ error: 'the body is not JSON' });
    app.log.error(error, 'a simulator broke');
    return reply.send(error);
  });
  return app;
}

function createCourier(
  config: SandboxConfig,
  client: PostClient,
  { log }: FastifyInstance,
): ReceiptCourier | undefined {
  const { appSecret, backendUrl, businessId, phoneNumberId } = config;
  if (appSecret === undefined || config.receiptDelaysMs === undefined) {
    log.info('no receipts: they are off, or WABA_APP_SECRET is not set');
    return undefined;
  }
  return new ReceiptCourier({
    url: new URL(`${backendUrl}/api/v1/webhooks/whatsapp`),
    appSecret,
    businessId,
    phoneNumberId,
    client,
    warn: (details, message) => log.warn(details, message),
  });
}

function createPoster(
  { backendUrl, viziApiKey }: SandboxConfig,
  client: PostClient,
): OrderPoster | undefined {
  if (viziApiKey === undefined) return undefined;
  return new OrderPoster(new URL(`${backendUrl}/api/v1/webhooks/vizi/orders`), viziApiKey, client);
}
