import pg from 'pg';

/** The database as its owner sees it, over one connection that finds its way back after an outage. */
export class Owner {
  private readonly url: string;
  private client: pg.Client | undefined;

  constructor(url: string) {
    this.url = url;
  }

  async rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = (this.client ??= await connected(this.url, () => (this.client = undefined)));
    return (await client.query<Row>(text, [...values])).rows;
  }

  /** Statements one after the other on a connection of their own, which stays open until the end. */
  async hold(statements: readonly string[]): Promise<{ end: (last: readonly string[]) => Promise<void> }> {
    const client = await connected(this.url, () => undefined);
    for (const statement of statements) await client.query(statement);
    const end = async (last: readonly string[]): Promise<void> => {
      for (const statement of last) await client.query(statement);
      await client.end();
    };
    return { end };
  }

  async close(): Promise<void> {
    await this.client?.end();
  }
}

async function connected(url: string, onLoss: () => void): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'visapi-chaos' });
  // An outage breaks it; the next statement opens another.
  client.on('error', onLoss);
  await client.connect();
  return client;
}
