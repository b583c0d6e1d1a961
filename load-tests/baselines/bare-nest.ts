/**
 * Baseline of S7: a Nest application on Fastify with one route, which answers a constant, already text: no key check, no
 * lookup, no envelope, no log line. The same packages as ours, nothing else mounted.
 * Environment: PORT, ANSWER (the text).
 */
import { Controller, Get, Header, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

const answer = process.env.ANSWER ?? '';

class OrdersController {
  find(): string {
    return answer;
  }

  ready(): string {
    return 'ok';
  }
}

// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- Nest's modules are classes
class AppModule {}

// Node runs this file as it is, and strips types only: decorators are called by hand.
for (const [name, path] of [
  ['find', 'orders/:orderId'],
  ['ready', 'ready'],
] as const) {
  const method = Object.getOwnPropertyDescriptor(OrdersController.prototype, name) as PropertyDescriptor;
  Get(path)(OrdersController.prototype, name, method);
  Header('content-type', 'application/json; charset=utf-8')(OrdersController.prototype, name, method);
}
Controller()(OrdersController);
Module({ controllers: [OrdersController] })(AppModule);

// As ours: without middleware, which each request would pass.
const adapter = new FastifyAdapter({ skipMiddie: true });
const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
  bodyParser: false,
  logger: false,
});

const stop = (): void => void app.close();
process.once('SIGTERM', stop).once('SIGINT', stop);

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
