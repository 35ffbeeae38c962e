import type { System } from '../integration/types/mirrors.ts';
import { openNativeMariadb, openNativePostgres } from '../integration/types/native.ts';
import type { NativeDatabase } from '../integration/types/native.ts';
import { SOURCE_EXTENSIONS } from '../integration/types/postgres-texts.ts';
import { testStack } from '../support/stack-file.ts';

/** Databases of the other sink: one for each source in each target server. */
export interface PeerTargets {
  /** Name of the database for what comes from a source. */
  name(from: System): string;
  database(from: System, to: System): NativeDatabase;
  /** Schema or database of its tables. */
  namespace(from: System, to: System): string;
}

/** They end with the stack. */
export async function openPeerTargets(own: string): Promise<PeerTargets> {
  const stack = testStack();
  const name = (from: System) => `${own}_peer_${from}`;
  const mariadb = await openNativeMariadb(stack);
  const server = await openNativePostgres(stack, stack.postgres.database);
  const postgres: Partial<Record<System, NativeDatabase>> = {};
  for (const from of ['mariadb', 'postgres'] as const) {
    await mariadb.query(`CREATE DATABASE ${name(from)} CHARACTER SET utf8mb4`);
    await server.query(`CREATE DATABASE ${name(from)} TEMPLATE template0 ENCODING 'UTF8'`);
    postgres[from] = await openNativePostgres(stack, name(from));
    // It makes columns of their types, where a source has such.
    for (const extension of SOURCE_EXTENSIONS) await postgres[from].query(`CREATE EXTENSION ${extension}`);
  }
  return {
    name,
    database: (from, to) => (to === 'mariadb' ? mariadb : postgres[from]!),
    namespace: (from, to) => (to === 'mariadb' ? name(from) : 'public'),
  };
}
