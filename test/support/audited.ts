import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { audit } from '../../monitoring/audit/audit.ts';
import { databaseEvidence } from '../../monitoring/audit/database-evidence.ts';
import { journalDigests } from '../../monitoring/audit/digests.ts';
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

/** Audits all that was written under one namespace of a database; `heads` were put down outside of it. */
export async function auditOf(
  { dialect, address }: Pick<TestDatabase, 'dialect' | 'address'>,
  namespace: string,
  heads: readonly ChainHead[],
): Promise<AuditReport> {
  const reader =
    dialect === 'postgres'
      ? createPostgresReader({ connection: address })
      : createMysqlReader({ connection: address });
  const snapshot = await reader.snapshot();
  try {
    const anchors = heads.length === 0 ? [] : [{ target: dialect, at: 0, heads }];
    const about = { target: dialect, anchors, falseAnchors: 0 };
    const evidence = await databaseEvidence(snapshot, reader, namespace, about);
    return await audit(evidence, { key: publicKey, signal: new AbortController().signal });
  } finally {
    await snapshot.close();
  }
}
