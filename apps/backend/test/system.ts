import type { AppName } from '#launcher/apps.ts';
import { type Databases, ownPostgres } from '#chaos/system/databases.ts';
import {
  type Ground,
  layGround,
  RunningSystem,
  type SystemOptions as RunOptions,
} from '#chaos/system/running-system.ts';
import { createTestDatabase } from '@visapi/backend-testing';
import { Api, SandboxControl } from './api.js';
import { Shop } from './shop.js';

export interface SystemOptions extends RunOptions {
  /** A Postgres of its own that may be stopped, instead of a database of the one all specs share. */
  readonly ownPostgres?: boolean;
  /** What runs at first; the others are started by the test. */
  readonly apps?: readonly AppName[];
}

/** The system that the chaos kit plays on, with the tools that a spec looks at it with. */
export class TestSystem extends RunningSystem {
  readonly api: Api;
  readonly sandbox: SandboxControl;
  readonly shop: Shop;
  /** As the owner of the schema, for looking behind the scenes. */
  readonly ownerUrl: string;

  private constructor(ground: Ground, options: RunOptions) {
    super(ground, options);
    this.api = new Api(this.urls.backend, this.secrets.adminApiKey);
    this.sandbox = new SandboxControl(this.urls.sandbox);
    this.ownerUrl = ground.databases.ownerUrl;
    this.shop = new Shop(this.urls.backend, this.secrets.viziApiKey);
  }

  static async start({ ownPostgres: own, apps, ...options }: SystemOptions = {}): Promise<TestSystem> {
    const ground = await layGround((home) => (own ? ownPostgres(home, false) : sharedPostgres()));
    const system = new TestSystem(ground, options);
    await system.startAll(apps);
    return system;
  }

  /** The samples of a metric of the worker. */
  async metric(name: string): Promise<Record<string, number>> {
    const text = await (await fetch(`${this.urls.worker}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
    return Object.fromEntries(
      lines.map((line) => [
        line.slice(name.length, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' ') + 1)),
      ]),
    );
  }
}

async function sharedPostgres(): Promise<Databases> {
  const database = await createTestDatabase();
  const { ownerUrl, url: appUrl } = database;
  return { ownerUrl, appUrl, postgres: undefined, drop: () => database.drop() };
}
