import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditExport } from '../../../../app/runtime/audits.ts';
import { sealAnchor } from '../../../../monitoring/audit/anchor.ts';
import { NO_ANCHORS } from '../../../../monitoring/audit/anchors.ts';
import { journalDigests } from '../../../../monitoring/audit/digests.ts';
import type { Evidence } from '../../../../monitoring/audit/evidence.ts';
import { writeExport } from '../../../../monitoring/audit/export.ts';
import { offsetOf, versionOf } from '../../../../schemas/contract/position.ts';
import { chainedHash, entryDigest } from '../../../../schemas/journal/entry.ts';
import type { ChainedEntry } from '../../../../schemas/journal/entry.ts';
import { encodeRecords } from '../../../../schemas/journal/record.ts';
import { shapeIdOf, shapeText } from '../../../../schemas/journal/shape.ts';
import type { JournalShape } from '../../../../schemas/journal/shape.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const chain = { route: 'claims', topic: 'oa.claim', partition: 0 };
const shape: JournalShape = {
  table: { namespace: 'ap', name: 'claim' },
  key: ['id'],
  columns: [
    { name: 'id', type: { kind: 'int', bits: 64 } },
    { name: 'title', type: { kind: 'text' } },
  ],
};
const version = versionOf('1'.padStart(32, '0'));

/** An entry for each of these rows. */
function entriesOf(rows: readonly (readonly [bigint, string])[]): readonly ChainedEntry[] {
  const digests = journalDigests(shape);
  const entries: ChainedEntry[] = [];
  for (const [at, row] of rows.entries()) {
    const about = { shape: shapeIdOf(shapeText(shape)), version, count: 1 };
    const record = {
      ...about,
      operation: 'put' as const,
      key: digests.key(row),
      digest: digests.digest(row),
    };
    const entry = {
      ...{ chain, kind: 'batch' as const, first: offsetOf(at), next: offsetOf(at + 1), mappingVersion: '1' },
      ...{ appliedAt: at, records: 1, body: encodeRecords([record]) },
    };
    const digest = entryDigest(entry);
    const hash = chainedHash(entries.at(-1)?.hash ?? null, digest);
    entries.push({
      ...entry,
      digest,
      signature: sign(null, digest, privateKey),
      hash,
      sequence: BigInt(at + 1),
    });
  }
  return entries;
}

function evidenceOf(rows: readonly (readonly [bigint, string])[]): { evidence: Evidence; anchor: string } {
  const entries = entriesOf(rows);
  const some = async function* <T>(chunk: T) {
    yield await Promise.resolve(chunk);
  };
  const evidence: Evidence = {
    target: 'finance',
    anchors: NO_ANCHORS,
    shapes: () => Promise.resolve(new Map([[shapeIdOf(shapeText(shape)), shape]])),
    heads: () => Promise.resolve({ heads: entries, unreadable: 0 }),
    bodies: () => some(entries),
    entriesWith: () => some(entries),
    columns: () => Promise.resolve(new Set(['id', 'title', 'cf_version'])),
    rows: () =>
      some(rows.map(([id, title]) => [String(id), title, Buffer.from(version, 'hex').toString('latin1')])),
  };
  const { sequence, hash } = entries.at(-1)!;
  const about = {
    target: 'finance',
    writer: 'w',
    number: 1,
    after: [],
    at: 1,
    heads: [{ chain, sequence, hash }],
  };
  return { evidence, anchor: sealAnchor(about, privateKey) };
}

describe('an export', () => {
  const rows = [1n, 2n, 3n].map((id) => [id, `title ${id}`] as const);
  const run = { key: publicKey, signal: new AbortController().signal, onProgress: () => undefined };
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'counterfoil-export-'));
    const { evidence, anchor } = evidenceOf(rows);
    await writeExport(folder, evidence, [anchor]);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is audited as its target would be', async () => {
    expect(await auditExport(folder, run)).toMatchObject({
      ...{ target: 'finance', verdict: 'match', entries: 3, anchors: { genuine: 1, entriesAfter: 0 } },
      tables: [{ table: 'ap.claim', rows: 3, altered: 0 }],
    });
    const file = join(folder, 'rows-1.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')).replace('title 2', 'title 9'));
    expect(await auditExport(folder, run)).toMatchObject({ verdict: 'mismatch', tables: [{ altered: 1 }] });
  });

  test('that is cut short anywhere is damaged, or has findings, and is never taken for a whole one', async () => {
    for (const name of await readdir(folder)) {
      const whole = await readFile(join(folder, name));
      for (const length of [0, 1, whole.length >> 1, whole.length - 2, whole.length - 1]) {
        await truncate(join(folder, name), length);
        const verdict = await auditExport(folder, run).then(
          (report) => report.verdict,
          (error: unknown) => (error as { readonly code?: unknown }).code,
        );
        expect([name, length, ['CONFIGURATION_INVALID', 'mismatch', 'inconclusive']]).toEqual([
          ...[name, length],
          expect.arrayContaining([verdict]) as unknown,
        ]);
        await writeFile(join(folder, name), whole);
      }
    }
    expect((await auditExport(folder, run)).verdict).toBe('match');
  });

  test('whose files were cut in the middle of a line is said to be damaged, and blames nobody', async () => {
    for (const name of ['entries.jsonl', 'anchors.jsonl', 'rows-1.jsonl', 'shapes.jsonl']) {
      const whole = await readFile(join(folder, name));
      await truncate(join(folder, name), whole.length - 9);
      await expect(auditExport(folder, run)).rejects.toMatchObject({
        ...{ code: 'CONFIGURATION_INVALID', message: expect.stringContaining('is damaged') as string },
      });
      await writeFile(join(folder, name), whole);
    }
  });

  test('that cannot be written says where, and what to do', async () => {
    const { evidence } = evidenceOf(rows);
    const below = join(folder, 'about.json', 'below');
    await expect(writeExport(below, evidence, [])).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('could not be written (ENOTDIR)') as string,
      remedy: expect.stringContaining('room') as string,
    });
    await expect(writeExport(folder, evidence, [])).rejects.toMatchObject({
      message: `${folder} is not empty`,
    });
  });

  test('by another key has one finding', async () => {
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(await auditExport(folder, { ...run, key: other })).toMatchObject({
      ...{ verdict: 'mismatch', reason: expect.stringContaining('no entry is signed by this key') as string },
      ...{ chains: [], tables: [], anchors: { genuine: 0, false: 1 } },
    });
  });

  test('with an altered shape names an entry that needs it', async () => {
    const file = join(folder, 'shapes.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')).replace('title', 'titles'));
    expect(await auditExport(folder, run)).toMatchObject({
      ...{ verdict: 'mismatch', reason: expect.stringContaining('claims/oa.claim/0 entry 1') as string },
    });
  });
});
