import { z } from 'zod';
import { credentials, databaseTls, host, port, tableName, tablePattern } from './setting-types.ts';

const heartbeat = z.strictObject({
  table: tableName.describe('A one-row table that the connector updates; see docs/your-databases.md'),
  intervalMs: z.number().int().min(100).default(1_000).describe('How often, in milliseconds'),
});

const signals = z.strictObject({
  table: tableName.describe('Through which the connector is told what to read again; see docs/operations.md'),
});

const captureCommon = {
  host: host.describe('The server, as Connect and this process reach it'),
  port,
  tls: databaseTls.optional(),
  capture: credentials.describe('The user that Debezium reads the log as'),
  check: credentials.describe('A read-only user for consistency checks'),
  heartbeat,
  signals: signals.optional(),
  era: z
    .number()
    .int()
    .min(0)
    .max(255)
    .default(0)
    .describe("Raise by one when the source's log starts again or goes back: another server, a restore"),
  eraSince: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('When that happened: records captured before it belong to the era before'),
  include: z.array(tablePattern).min(1).describe('Tables to capture'),
  exclude: z.array(tablePattern).default([]).describe('Tables not to capture; wins over include'),
  keys: z
    .record(tableName, z.array(z.string().min(1)).min(1))
    .default({})
    .describe('Key columns of tables that have no primary key, or should be keyed by others'),
  naming: z
    .enum(['underscore', 'unicode'])
    .default('underscore')
    .describe('What stands for characters that topics and Avro do not allow: `_`, or `_u62a5`'),
  partitions: z.number().int().min(1).default(1).describe('Partitions of the topics that are created'),
  connector: z
    .record(z.string(), z.string())
    .default({})
    .describe('Connector settings that override the rendered ones'),
};

export const source = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['mariadb', 'mysql']),
    ...captureCommon,
    databases: z.array(z.string().min(1)).min(1).describe('Databases that are looked at'),
    serverId: z.number().int().min(1).describe('Unlike that of every server and replica'),
  }),
  z.strictObject({
    kind: z.literal('postgresql'),
    ...captureCommon,
    database: z.string().min(1),
    slot: z
      .string()
      .regex(/^[a-z0-9_]{1,63}$/, 'must be lower-case letters, digits and underscores, 63 at most')
      .default('counterfoil')
      .describe('Replication slot; each source on a server needs its own'),
    publication: z
      .string()
      .min(1)
      .default('counterfoil')
      .describe('Made beforehand by the owner of the tables'),
  }),
]);

export type SourceConfig = z.infer<typeof source>;
export type PostgresSource = Extract<SourceConfig, { kind: 'postgresql' }>;
export type BinlogSource = Exclude<SourceConfig, PostgresSource>;
