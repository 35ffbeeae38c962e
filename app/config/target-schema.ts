import { z } from 'zod';
import { credentials, databaseTls, host, port } from './setting-types.ts';

const targetCommon = {
  host,
  port,
  tls: databaseTls.optional(),
  sink: credentials.describe('The user that writes rows and positions'),
  check: credentials.describe('A read-only user for consistency checks'),
  namespace: z
    .string()
    .min(1)
    .default('counterfoil')
    .describe("Schema or database of the product's own tables"),
  poolSize: z.number().int().min(1).default(8).describe('Connections at most'),
};

export const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('postgresql'), ...targetCommon, database: z.string().min(1) }),
  z.strictObject({ kind: z.enum(['mariadb', 'mysql']), ...targetCommon }),
]);

export type TargetConfig = z.infer<typeof target>;
export type PostgresTarget = Extract<TargetConfig, { kind: 'postgresql' }>;
