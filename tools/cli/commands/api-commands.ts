import type { DeadLetter, Delivery, LogLine, Message, Order } from '@visapi/api-client';
import { apiCommand } from '../api-command.ts';
import { shows } from '../view.ts';

const orderColumns = shows<Order>(
  ...(['orderId', 'createdAt', 'branch', 'country', 'product', 'amount', 'currency', 'status'] as const),
  ...(['cbbSynced', 'whatsappConfirmationSent', 'warnings'] as const),
);

export const ordersCommand = apiCommand({
  name: 'orders',
  summary: 'orders: list, show, search, count, correct, review, write to the CRM again',
  notes: `orders search --where '{"field":"country","op":"eq","value":"india"}' --sort amount:desc
orders correct IL260105IN10 --client-name "Dana Example" --reason "the name was misspelt"
What --where and --preset can say: docs/searching-orders.md`,
  actions: [
    { name: 'list', operation: 'listOrders', columns: orderColumns },
    { name: 'show', operation: 'getOrder' },
    { name: 'search', operation: 'searchOrders', columns: orderColumns },
    { name: 'stats', operation: 'getOrderStats' },
    { name: 'warnings', operation: 'getOrderWarnings' },
    { name: 'correct', operation: 'correctOrder' },
    { name: 'review', operation: 'reviewOrder' },
    { name: 'flag', operation: 'flagOrder' },
    { name: 'sync', operation: 'syncOrderContact' },
  ],
});

export const timelineCommand = apiCommand({
  name: 'timeline',
  summary: 'what happened to an order, oldest first',
  actions: [
    { name: '', operation: 'getOrderTimeline', columns: ['at', 'kind', 'status', 'detail', 'actor'] },
  ],
});

export const deliveriesCommand = apiCommand({
  name: 'deliveries',
  summary: 'what came in: list, show, have interpreted again; --dry-run shows it first',
  actions: [
    {
      name: 'list',
      operation: 'listDeliveries',
      columns: shows<Delivery>('id', 'receivedAt', 'orderId', 'source', 'outcome', 'state', 'repeats'),
    },
    { name: 'show', operation: 'getDelivery' },
    { name: 'replay', operation: 'replayDelivery', confirm: 'Replay delivery {id}' },
    {
      name: 'replay',
      operation: 'replayDeliveries',
      confirm: 'Replay every delivery of this description',
      goesOn: 'results',
    },
  ],
});

export const messagesCommand = apiCommand({
  name: 'messages',
  summary: 'what customers were told: list, show, preview, send again, settle what is uncertain',
  actions: [
    {
      name: 'list',
      operation: 'listMessages',
      columns: shows<Message>('id', 'plannedAt', 'orderId', 'purpose', 'template', 'status', 'reason'),
    },
    { name: 'show', operation: 'getMessage' },
    { name: 'preview', operation: 'previewMessage' },
    { name: 'resend', operation: 'resendConfirmation', confirm: 'Tell the customer of {orderId} again' },
    { name: 'settle', operation: 'settleMessage', confirm: 'Settle message {id} as {--outcome} for good' },
  ],
});

export const deadLettersCommand = apiCommand({
  name: 'dead-letters',
  summary: 'what was given up: list, show, try again, discard',
  actions: [
    {
      name: 'list',
      operation: 'listDeadLetters',
      columns: shows<DeadLetter>('id', 'lastFailedAt', 'kind', 'name', 'aggregateId', 'attempts', 'state'),
    },
    { name: 'show', operation: 'getDeadLetter' },
    { name: 'replay', operation: 'replayDeadLetter' },
    { name: 'replay', operation: 'replayDeadLetters', confirm: 'Try all of this description again' },
    { name: 'discard', operation: 'discardDeadLetter', confirm: 'Discard {id} for good' },
  ],
});

export const cacheCommand = apiCommand({
  name: 'cache',
  summary: 'what is remembered, and how often that helped; forget it',
  actions: [
    { name: 'stats', operation: 'getCacheStats' },
    { name: 'clear', operation: 'clearCache' },
  ],
});

export const queuesCommand = apiCommand({
  name: 'queues',
  summary: 'what waits, what runs, and who works',
  actions: [{ name: '', operation: 'getQueues' }],
});

export const logsCommand = apiCommand({
  name: 'logs',
  summary: 'warnings, errors and the story of orders, newest first',
  actions: [
    {
      name: 'list',
      operation: 'listLogs',
      columns: shows<LogLine>('loggedAt', 'level', 'process', 'event', 'orderId', 'message'),
    },
    { name: 'stats', operation: 'getLogStats' },
  ],
});
