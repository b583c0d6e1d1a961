import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { nestLogger, ObservabilityModule } from '@visapi/backend-observability';
import { BatchOperationsModule, DatabaseModule } from '@visapi/backend-repositories';
import { quietLog, quietProcess } from './quiet.js';
import { testEncryption } from './test-database.js';

@Module({})
class TestRoot {}

/** The modules that every process has, unless given differently, and the given ones, as a root module of their own. */
export function testRoot(databaseUrl: string, imports: readonly (Type | DynamicModule)[]): DynamicModule {
  const batches = imports.some((given) => 'module' in given && given.module === BatchOperationsModule)
    ? []
    : [BatchOperationsModule.forRoot()];
  return {
    module: TestRoot,
    imports: [
      ObservabilityModule.forRoot(quietProcess, quietLog),
      DatabaseModule.forRoot({ url: databaseUrl, poolMax: 6 }, testEncryption, 'visapi-test'),
      ...batches,
      ...imports,
    ],
  };
}

/** Real modules wired as the worker wires them, on the given database. */
export async function createTestContext(
  databaseUrl: string,
  imports: readonly (Type | DynamicModule)[],
): Promise<INestApplicationContext> {
  return await NestFactory.createApplicationContext(testRoot(databaseUrl, imports), {
    logger: nestLogger(quietLog),
    abortOnError: false,
  });
}

/** A module that hands out ready-made instances everywhere, such as a vendor's fake. */
export function provideGlobally(values: ReadonlyMap<symbol | object, unknown>): DynamicModule {
  @Module({})
  class Provided {}
  const providers = [...values].map(([provide, useValue]) => ({ provide: provide as Type, useValue }));
  return { module: Provided, global: true, providers, exports: providers.map(({ provide }) => provide) };
}
