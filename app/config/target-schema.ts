import { z } from 'zod';
import { httpTarget } from './http-target-schema.ts';
import { credentials, databaseTls, host, name, port } from './setting-types.ts';

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

const messageCommon = {
  keeper: name.describe('The target, a database, that keeps positions and dead letters of the routes'),
};

/** What Avro readers of topics may rely on when a schema changes. */
const COMPATIBILITIES = [
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;

export const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('postgresql'), ...targetCommon, database: z.string().min(1) }),
  z.strictObject({ kind: z.enum(['mariadb', 'mysql']), ...targetCommon }),
  z.strictObject({
    kind: z.literal('kafka'),
    ...messageCommon,
    prefix: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower-case letters, digits, hyphens and underscores')
      .default('canonical')
      .describe('Topics are called prefix.table'),
    partitions: z.number().int().min(1).default(4).describe('Of topics that are created'),
    compatibility: z
      .enum(COMPATIBILITIES)
      .default('BACKWARD_TRANSITIVE')
      .describe('What a new schema must be to those before it, of topics that are created'),
  }),
  z.strictObject({ kind: z.literal('http'), ...messageCommon, ...httpTarget }),
]);

export type TargetConfig = z.infer<typeof target>;
export type PostgresTarget = Extract<TargetConfig, { kind: 'postgresql' }>;
export type MysqlTarget = Extract<TargetConfig, { kind: 'mariadb' | 'mysql' }>;
/** A target whose rows are written and can be compared. */
export type DatabaseTarget = PostgresTarget | MysqlTarget;
/** A target that is sent messages. */
export type MessageTarget = Exclude<TargetConfig, DatabaseTarget>;
export type KafkaTarget = Extract<TargetConfig, { kind: 'kafka' }>;
export type HttpTarget = Extract<TargetConfig, { kind: 'http' }>;

export function isDatabase(target: TargetConfig): target is DatabaseTarget {
  return !('keeper' in target);
}
