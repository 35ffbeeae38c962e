import { z } from 'zod';
import { publicKeyOf, signingKeyOf, verifyingKeyOf } from '../../monitoring/audit/keys.ts';
import { secret } from './setting-types.ts';

const pem = (kind: 'PRIVATE' | 'PUBLIC') =>
  z
    .string()
    .regex(new RegExp(`-----BEGIN ${kind} KEY-----`), `must hold a ${kind.toLowerCase()} key as PEM text`);

const settings = z.strictObject({
  signingKey: secret()
    .regex(/-----BEGIN PRIVATE KEY-----/, 'must hold a private key as PEM text, such as ${file:journal.key}')
    .describe('Ed25519 key that entries and anchors are signed with; `counterfoil audit keygen` makes one'),
  verifyingKey: pem('PUBLIC')
    .optional()
    .describe('Its public key; without it that of `signingKey`. Audits trust no other'),
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, 'must be the name of a topic')
    .default('counterfoil.journal-anchors')
    .describe('Topic that anchors go to'),
  file: z.string().min(1).optional().describe('File that anchors are appended to as well, one on each line'),
  anchorSeconds: z
    .number()
    .min(1)
    .default(10)
    .describe('How often the ends of chains are anchored: entries since then can be cut off unseen'),
  auditSeconds: z
    .number()
    .min(0)
    .default(3_600)
    .describe('From the end of an audit of all targets to the next, while routes run; 0 turns it off'),
});

/** Why this is no pair of keys, and of which setting; null when it is one. */
function keyFault({
  signingKey,
  verifyingKey,
}: JournalConfig): readonly [keyof JournalConfig, string] | null {
  try {
    const publicKey = publicKeyOf(signingKeyOf(signingKey));
    if (verifyingKey === undefined) return null;
    try {
      if (verifyingKeyOf(verifyingKey).equals(publicKey)) return null;
      return ['verifyingKey', 'is not the public key of signingKey: no entry would be believed'];
    } catch {
      return ['verifyingKey', NO_KEY];
    }
  } catch {
    return ['signingKey', NO_KEY];
  }
}

const NO_KEY = 'is no Ed25519 key in PEM; `counterfoil audit keygen` makes a pair';

/** A journal is kept of what is written to databases when the section is there. */
export const journal = settings.superRefine((given, context) => {
  const fault = keyFault(given);
  if (fault !== null) context.addIssue({ code: 'custom', path: [fault[0]], message: fault[1] });
});

export type JournalConfig = z.infer<typeof settings>;
