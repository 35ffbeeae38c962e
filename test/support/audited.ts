import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { audit } from '../../monitoring/audit/audit.ts';
import { NO_ANCHORS } from '../../monitoring/audit/anchors.ts';
import { databaseEvidence } from '../../monitoring/audit/database-evidence.ts';
import { journalDigests } from '../../monitoring/audit/digests.ts';
import type { Evidence } from '../../monitoring/audit/evidence.ts';
import { tableHistory } from '../../monitoring/audit/history.ts';
import type { ToldChange } from '../../monitoring/audit/history.ts';
import type { AuditReport } from '../../monitoring/audit/report.ts';
import { createMysqlReader } from '../../monitoring/consistency/readers/mysql.ts';
import { createPostgresReader } from '../../monitoring/consistency/readers/postgres.ts';
import type { ChainHead } from '../../schemas/contract/chain.ts';
import type { JournalTools } from '../../schemas/journal/entry.ts';
import type { TestDatabase } from './databases.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** What a sink needs to keep a journal that {@link auditOf} believes. */
export const JOURNAL = journalSignedBy(privateKey);

export function journalSignedBy(key: KeyObject): JournalTools {
  return { digestsOf: journalDigests, sign: (digest) => sign(null, digest, key) };
}

type Database = Pick<TestDatabase, 'dialect' | 'address'>;

/** Audits all that was written under one namespace of a database; `heads` were put down outside of it. */
export function auditOf(
  database: Database,
  namespace: string,
  heads: readonly ChainHead[],
): Promise<AuditReport> {
  return withEvidence(database, namespace, heads, (evidence) =>
    audit(evidence, { key: publicKey, signal: new AbortController().signal }),
  );
}

/** What the journal in a namespace tells of a row; null when it does not know the table. */
export function historyIn(
  database: Database,
  namespace: string,
  table: string,
  key: readonly string[],
): Promise<readonly ToldChange[] | null> {
  return withEvidence(database, namespace, [], async (evidence) => {
    const history = await tableHistory(evidence, table, publicKey);
    return history === null ? null : history.of(key);
  });
}

async function withEvidence<T>(
  { dialect, address }: Database,
  namespace: string,
  heads: readonly ChainHead[],
  use: (evidence: Evidence) => Promise<T>,
): Promise<T> {
  const reader =
    dialect === 'postgres'
      ? createPostgresReader({ connection: address })
      : createMysqlReader({ connection: address });
  const snapshot = await reader.snapshot();
  try {
    const anchor = { target: dialect, writer: 'test', number: 1, after: [], at: 0, heads, hash: '' };
    const about = {
      target: dialect,
      anchors: { ...NO_ANCHORS, genuine: heads.length === 0 ? [] : [anchor] },
    };
    const kind = dialect === 'postgres' ? 'postgresql' : 'mariadb';
    return await use(await databaseEvidence(snapshot, reader, { namespace, kind }, about));
  } finally {
    await snapshot.close();
  }
}
