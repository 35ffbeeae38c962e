import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens, beginning with a letter');
const port = z.number().int().min(1).max(65_535);
const credentials = z.strictObject({ user: z.string().min(1), password: z.string() });
const tablePattern = z.string().regex(/^[^.]+\..+$/, 'must be namespace.table; * stands for any characters');

const endpoint = { host: z.string().default('127.0.0.1'), port };

const heartbeat = z.strictObject({
  table: tablePattern.describe('A one-row table that the connector updates; see docs/your-databases.md'),
  intervalMs: z.number().int().min(100).default(1_000),
});

const captureCommon = {
  ...endpoint,
  capture: credentials.describe('The user that Debezium reads the log as'),
  check: credentials.describe('A read-only user for consistency checks'),
  heartbeat,
  include: z.array(tablePattern).min(1).describe('Tables to capture'),
  exclude: z.array(tablePattern).default([]),
  partitions: z.number().int().min(1).default(1).describe('Partitions of the topics that are created'),
  connector: z
    .record(z.string(), z.string())
    .default({})
    .describe('Connector settings that override the rendered ones'),
};

const source = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['mariadb', 'mysql']),
    ...captureCommon,
    databases: z.array(z.string()).min(1),
    serverId: z.number().int().min(1),
    /** Raise by one when binlog files are numbered from the start again: after a failover, RESET MASTER or a restore. */
    era: z.number().int().min(0).max(65_535).default(0),
  }),
  z.strictObject({
    kind: z.literal('postgresql'),
    ...captureCommon,
    database: z.string().min(1),
    slot: z.string().default('counterfoil'),
    publication: z.string().default('counterfoil'),
  }),
]);

const targetCommon = {
  ...endpoint,
  sink: credentials.describe('The user that writes rows and positions'),
  check: credentials,
  namespace: z.string().default('counterfoil').describe("Schema or database of the product's own tables"),
  poolSize: z.number().int().min(1).default(8),
};

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('postgresql'), ...targetCommon, database: z.string().min(1) }),
  z.strictObject({ kind: z.enum(['mariadb', 'mysql']), ...targetCommon }),
]);

const routeCommon = { name, source: name, target: name };

const route = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('entities'), ...routeCommon, entities: z.array(name).min(1) }),
  z.strictObject({
    kind: z.literal('mirror'),
    ...routeCommon,
    namespace: z.string().min(1).describe('Target schema or database'),
    include: z.array(tablePattern).min(1),
    exclude: z.array(tablePattern).default([]),
  }),
]);

const sasl = z.strictObject({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
  username: z.string(),
  password: z.string(),
});

/** The whole configuration. Every default is here and nowhere else. */
export const configSchema = z
  .strictObject({
    kafka: z.strictObject({
      brokers: z.array(z.string()).min(1),
      ssl: z.boolean().default(false),
      sasl: sasl.optional(),
      replicationFactor: z.number().int().min(1).default(1),
    }),
    connect: z.strictObject({
      url: z.url(),
      plugin: z
        .boolean()
        .default(false)
        .describe("Connect has the product's plugin, which keeps NULL from becoming a default"),
    }),
    registry: z.strictObject({
      url: z.url().describe('Confluent-compatible API, read by the pipeline'),
      converterUrl: z.url().optional().describe("The registry's own API, written to by the converter"),
    }),
    sources: z.record(name, source),
    targets: z.record(name, target),
    routes: z.array(route).min(1),
    http: z
      .strictObject({
        host: z.string().default('127.0.0.1'),
        port: z.number().int().min(0).max(65_535).default(9_464),
      })
      .prefault({}),
    check: z
      .strictObject({
        intervalSeconds: z.number().min(0).default(60).describe('0 turns interval checks off'),
        deadlineSeconds: z.number().min(1).default(60),
      })
      .prefault({}),
    deadLetters: z
      .strictObject({
        keepDays: z
          .number()
          .int()
          .min(0)
          .default(90)
          .describe('How long redriven and discarded ones are kept; 0 keeps them for ever'),
      })
      .prefault({}),
    consumer: z
      .strictObject({
        sessionTimeoutMs: z.number().int().min(1_000).default(10_000),
        partitionsAtOnce: z.number().int().min(1).default(4),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const names = new Set<string>();
    config.routes.forEach((candidate, index) => {
      const path = ['routes', index];
      if (names.has(candidate.name))
        context.addIssue({ code: 'custom', path: [...path, 'name'], message: 'is used twice' });
      names.add(candidate.name);
      if (!(candidate.source in config.sources))
        context.addIssue({
          code: 'custom',
          path: [...path, 'source'],
          message: unknownName(candidate.source, config.sources),
        });
      if (!(candidate.target in config.targets))
        context.addIssue({
          code: 'custom',
          path: [...path, 'target'],
          message: unknownName(candidate.target, config.targets),
        });
    });
  });

function unknownName(given: string, known: Readonly<Record<string, unknown>>): string {
  return `is "${given}", but only ${Object.keys(known).join(', ') || 'nothing'} is defined`;
}

export type Config = z.infer<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
export type SourceConfig = Config['sources'][string];
export type TargetConfig = Config['targets'][string];
export type RouteConfig = Config['routes'][number];
