import type pg from 'pg';
import type { Chain } from '../../schemas/contract/chain.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import { chainedHash, entryDigest } from '../../schemas/journal/entry.ts';
import type { EntryKind } from '../../schemas/journal/entry.ts';

/** An entry of the journal, by its place. */
export interface EntryPlace {
  readonly chain: Chain;
  readonly sequence: bigint;
}

/** The journal as a superuser of the target sees it, who has read how it is made and has not the key. */
export class OpenJournal {
  readonly #entries: string;
  readonly #heads: string;
  readonly #shapes: string;

  constructor(
    readonly client: pg.Client,
    namespace: string,
  ) {
    this.#entries = `${namespace}.journal_entry`;
    this.#heads = `${namespace}.journal_head`;
    this.#shapes = `${namespace}.journal_shape`;
  }

  /** The last entry that tells of rows of a source table. */
  async last(table: string): Promise<EntryPlace> {
    const { rows } = await this.client.query<{
      route: string;
      topic: string;
      partition: number;
      sequence: string;
    }>(
      `SELECT route, topic, partition, sequence FROM ${this.#entries} WHERE topic LIKE '%.' || $1
       ORDER BY applied_at DESC, sequence DESC LIMIT 1`,
      [table],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`the journal does not tell of ${table}`);
    const { route, topic, partition, sequence } = row;
    return { chain: { route, topic, partition }, sequence: BigInt(sequence) };
  }

  async bodyOf(place: EntryPlace): Promise<Buffer> {
    return (await this.#row(place)).body;
  }

  async shape(id: string): Promise<string> {
    const sql = `SELECT definition FROM ${this.#shapes} WHERE id = $1`;
    const { rows } = await this.client.query<{ definition: string }>(sql, [id]);
    return rows[0]?.definition ?? '';
  }

  /** Changes columns of an entry. */
  async alter(place: EntryPlace, change: string): Promise<void> {
    await this.client.query(
      `UPDATE ${this.#entries} SET ${change} WHERE ${OF_CHAIN} AND sequence = $4`,
      keyOf(place),
    );
  }

  async remove(place: EntryPlace): Promise<void> {
    await this.client.query(`DELETE FROM ${this.#entries} WHERE ${OF_CHAIN} AND sequence = $4`, keyOf(place));
  }

  /** Gives an entry another body, and makes digest and all hashes fit: only the signature does not. */
  async rewrite(place: EntryPlace, body: Buffer): Promise<void> {
    await this.#withoutWriters(place.chain, async () => {
      const row = await this.#row(place);
      const digest = entryDigest({ ...entryOf(place.chain, row), body });
      await this.client.query(
        `UPDATE ${this.#entries} SET body = $5, digest = $6 WHERE ${OF_CHAIN} AND sequence = $4`,
        [...keyOf(place), body, digest],
      );
      await this.#link(place.chain, place.sequence);
    });
  }

  /** Takes out an entry and lets those after it move up, so that nothing is missing and all follows. */
  async closeUp(place: EntryPlace): Promise<void> {
    await this.#withoutWriters(place.chain, async () => {
      await this.remove(place);
      for (const move of ['-sequence', '-sequence - 1'])
        await this.client.query(
          `UPDATE ${this.#entries} SET sequence = ${move} WHERE ${OF_CHAIN} AND (sequence > $4 OR sequence < 0)`,
          keyOf(place),
        );
      await this.#link(place.chain, place.sequence);
    });
  }

  /** In one transaction, in which nobody goes on with the chain. */
  async #withoutWriters({ route, topic, partition }: Chain, work: () => Promise<void>): Promise<void> {
    await this.client.query('BEGIN');
    const sql = `SELECT 1 FROM ${this.#heads} WHERE ${OF_CHAIN} FOR UPDATE`;
    await this.client.query(sql, [route, topic, partition]);
    await work();
    await this.client.query('COMMIT');
  }

  /** Makes all hashes of a chain from an entry on anew, and its end. */
  async #link({ route, topic, partition }: Chain, from: bigint): Promise<void> {
    const { rows } = await this.client.query<{ sequence: string; digest: Buffer; hash: Buffer }>(
      `SELECT sequence, digest, hash FROM ${this.#entries} WHERE ${OF_CHAIN} AND sequence >= $4 ORDER BY sequence`,
      [route, topic, partition, (from - 1n).toString()],
    );
    let hash = BigInt(rows[0]?.sequence ?? 0) < from ? (rows.shift()?.hash ?? null) : null;
    const hashes = rows.map(({ digest }) => (hash = chainedHash(hash, digest)));
    await this.client.query(
      `UPDATE ${this.#entries} e SET hash = n.hash FROM unnest($4::bigint[], $5::bytea[]) AS n(sequence, hash)
       WHERE ${OF_CHAIN} AND e.sequence = n.sequence`,
      [route, topic, partition, rows.map(({ sequence }) => sequence), hashes],
    );
    await this.client.query(`UPDATE ${this.#heads} SET sequence = $4, hash = $5 WHERE ${OF_CHAIN}`, [
      ...[route, topic, partition, rows.at(-1)?.sequence, hash],
    ]);
  }

  async #row(place: EntryPlace): Promise<EntryRow> {
    const { rows } = await this.client.query<EntryRow>(
      `SELECT kind, first_offset, next_offset, mapping_version, applied_at, records, body FROM ${this.#entries}
       WHERE ${OF_CHAIN} AND sequence = $4`,
      keyOf(place),
    );
    if (rows[0] === undefined) throw new Error(`there is no entry ${place.sequence.toString()}`);
    return rows[0];
  }
}

const OF_CHAIN = 'route = $1 AND topic = $2 AND partition = $3';

interface EntryRow {
  readonly kind: EntryKind;
  readonly first_offset: string;
  readonly next_offset: string;
  readonly mapping_version: string;
  readonly applied_at: string;
  readonly records: number;
  readonly body: Buffer;
}

function entryOf(chain: Chain, row: EntryRow) {
  return {
    ...{ chain, kind: row.kind, first: offsetOf(row.first_offset), next: offsetOf(row.next_offset) },
    ...{ mappingVersion: row.mapping_version, appliedAt: Number(row.applied_at), records: row.records },
  };
}

function keyOf({ chain: { route, topic, partition }, sequence }: EntryPlace): unknown[] {
  return [route, topic, partition, sequence.toString()];
}
