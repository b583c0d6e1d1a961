import pg from 'pg';

/** Runs one statement on a connection of its own, so that no pool of ours is open while something is measured. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'visapi-bench' });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Runs several statements in one go, such as a schema file. */
export async function script(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'visapi-bench' });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
