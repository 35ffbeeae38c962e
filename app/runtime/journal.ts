import type { KeyObject } from 'node:crypto';
import { journalDigests } from '../../monitoring/audit/digests.ts';
import { publicKeyOf, signBytes, signingKeyOf, verifyingKeyOf } from '../../monitoring/audit/keys.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { JournalTools } from '../../schemas/journal/entry.ts';
import type { JournalConfig } from '../config/journal-schema.ts';
import type { Config } from '../config/schema.ts';

/** What sinks need to keep a journal; undefined when none is configured. */
export function journalTools({ journal }: Config): JournalTools | undefined {
  if (journal === undefined) return undefined;
  const key = signingKeyOf(journal.signingKey);
  return { digestsOf: journalDigests, sign: (digest) => signBytes(digest, key) };
}

/** The key that entries and anchors must be signed with. */
export function auditKeyOf(config: Config): KeyObject {
  const { verifyingKey, signingKey } = journalOf(config);
  return verifyingKey === undefined ? publicKeyOf(signingKeyOf(signingKey)) : verifyingKeyOf(verifyingKey);
}

export function journalOf({ journal }: Config): JournalConfig {
  if (journal !== undefined) return journal;
  throw new CounterfoilError('CONFIGURATION_INVALID', 'no journal is kept', {
    remedy: 'Add a section `journal` to the configuration, see docs/audit.md.',
  });
}
