import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { CacheConfig } from '@visapi/backend-config';
import { CacheService } from './cache.service.js';
import { type Rule, ruleOf, type Ttl } from './decorators.js';
import type { Family } from './family.js';
import { keyOf, parsePattern } from './key.js';

/** The families of this process and its configuration. */
export const cacheSettings = Symbol('cache-settings');
export interface CacheSettings {
  readonly config: CacheConfig;
  readonly families: readonly Family[];
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** Puts the cache around every decorated method of every provider and controller, before the first call comes. */
@Injectable()
export class CacheWiring implements OnModuleInit {
  private readonly readers = new Map<string, string>();

  constructor(
    @Inject(cacheSettings) private readonly settings: CacheSettings,
    private readonly cache: CacheService,
    private readonly discovery: DiscoveryService,
    private readonly modules: ModuleRef,
  ) {}

  /** @throws when a family is unknown or used by two methods, or a pattern names none */
  async onModuleInit(): Promise<void> {
    const scanner = new MetadataScanner();
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    const instances = wrappers.map(({ instance }) => instance as unknown);
    for (const instance of new Set(instances.filter(isObject))) {
      for (const name of scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
        const method = instance[name];
        const rule = ruleOf(method);
        if (rule)
          instance[name] = this.around(
            instance,
            method as Method,
            rule,
            `${instance.constructor.name}.${name}`,
          );
      }
    }
    this.followCommands();
    await this.cache.start();
  }

  private around(instance: object, method: Method, rule: Rule, where: string): Method {
    const { families } = this.settings;
    if (rule.kind === 'evict') {
      const { pattern } = rule;
      if (typeof pattern === 'string') parsePattern(pattern, families);
      return async (...args) => {
        try {
          return await method.apply(instance, args);
        } finally {
          await this.cache.deleteByPattern(
            typeof pattern === 'string' ? pattern : pattern(...(args as never[])),
          );
        }
      };
    }
    const { family } = rule;
    if (!families.includes(family))
      throw new Error(`${where} uses the key family ${family.name}, which is unknown here`);
    if (rule.kind === 'read') this.claim(family, where);
    const ttlMs = this.ttlMs(rule.ttl);
    return async (...args) => {
      const run = async (): Promise<unknown> => await method.apply(instance, args);
      return await this.cache[rule.kind](keyOf(family, args), ttlMs, run);
    };
  }

  /** Two methods under one family could answer each other's calls. */
  private claim({ name }: Family, where: string): void {
    const other = this.readers.get(name);
    if (other !== undefined) throw new Error(`${where} and ${other} both keep what they read under ${name}`);
    this.readers.set(name, where);
  }

  private ttlMs(ttl: Ttl | undefined): number {
    const { ttlDefault, ttlAuth } = this.settings.config;
    if (ttl === 'auth') return ttlAuth * 1_000;
    return (ttl ?? ttlDefault) * 1_000;
  }

  /**
   * A command that names an order may have changed it: whoever gave it reads the new state at once. The relay says the
   * same of every fact, a moment later.
   */
  private followCommands(): void {
    const bus = findBus(this.modules);
    if (!bus) return;
    const execute: (command: object) => Promise<unknown> = bus.execute.bind(bus);
    const following = async (command: { readonly orderId?: unknown }): Promise<unknown> => {
      try {
        return await execute(command);
      } finally {
        if (typeof command.orderId === 'string') await this.cache.changed('order', [command.orderId]);
      }
    };
    Object.assign(bus, { execute: following });
  }
}

function findBus(modules: ModuleRef): CommandBus | undefined {
  try {
    return modules.get(CommandBus, { strict: false });
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> & { constructor: { name: string } } {
  return typeof value === 'object' && value !== null && typeof value.constructor === 'function';
}
