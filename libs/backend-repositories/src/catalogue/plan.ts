/** A node of a plan as Postgres tells it in JSON, after it was run. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly Node[];
}

export interface PlanReport {
  readonly Plan: Node;
  readonly 'Execution Time': number;
}

/** What running a statement took. */
export interface Taken {
  readonly ms: number;
  /** Pages of 8 kB that were looked at, the same one each time. */
  readonly pages: number;
  /** Indexes that are read, in order, and tables that are gone through as `table (all)`. */
  readonly reads: readonly string[];
  readonly scans: readonly Scan[];
}

/** How many rows of a table were looked at. */
interface Scan {
  readonly table: string;
  readonly index: string | undefined;
  /** Rows that met the conditions, and rows that did not and were found out only by reading them. */
  readonly found: number;
  readonly wasted: number;
}

export function taken({ Plan: plan, 'Execution Time': ms }: PlanReport): Taken {
  const nodes = flatten(plan);
  const reads = nodes.flatMap((node) => {
    if (node['Node Type'] === 'Seq Scan') return [`${node['Relation Name'] ?? '?'} (all)`];
    return node['Index Name'] === undefined ? [] : [node['Index Name']];
  });
  // What writes is no part of what its reader took, so each node answers for itself.
  const pages = nodes.reduce((sum, node) => sum + ownPages(node), 0);
  return { ms, pages, reads: [...new Set(reads)], scans: nodes.flatMap(scanOf) };
}

function ownPages(node: Node): number {
  const below = (node.Plans ?? []).reduce((sum, child) => sum + allPages(child), 0);
  return Math.max(allPages(node) - below, 0);
}

function allPages(node: Node): number {
  return (node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0);
}

function flatten(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

function scanOf(node: Node): Scan[] {
  const table = node['Relation Name'];
  if (table === undefined || node['Node Type'] === 'ModifyTable') return [];
  const loops = node['Actual Loops'];
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return [{ table, index: node['Index Name'], found: node['Actual Rows'] * loops, wasted: removed * loops }];
}
