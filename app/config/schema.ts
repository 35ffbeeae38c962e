import { z } from 'zod';
import { feed } from './feed-schema.ts';
import { invariants } from './invariants-schema.ts';
import { journal } from './journal-schema.ts';
import { pack } from './pack-schema.ts';
import { posting } from './posting-schema.ts';
import { route } from './route-schema.ts';
import { credentials, kafkaTls, name, secret } from './setting-types.ts';
import { source } from './source-schema.ts';
import { target } from './target-schema.ts';

const kafka = z.strictObject({
  brokers: z.array(z.string().min(1)).min(1).describe('host:port of some of the brokers'),
  tls: kafkaTls.optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1),
      password: secret(),
    })
    .optional(),
  replicationFactor: z.number().int().min(1).default(1).describe('Of topics that are created'),
});

const connect = z.strictObject({
  url: z.url().describe('REST address of Kafka Connect'),
  auth: credentials.optional().describe('Log-in (HTTP basic) at Connect'),
  plugin: z
    .boolean()
    .default(false)
    .describe("Connect has the product's plugin, which keeps NULL from becoming a default"),
});

const registry = z.strictObject({
  url: z.url().describe('Confluent-compatible API, read by the pipeline'),
  converterUrl: z.url().optional().describe("The registry's own API, written to by the converter"),
  auth: credentials.optional().describe('Log-in (HTTP basic) at the registry, here and in the converter'),
});

const http = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(9_464).describe('0 takes any free one'),
});

const check = z.strictObject({
  intervalSeconds: z.number().min(0).default(60).describe('0 turns interval checks off'),
  deadlineSeconds: z.number().min(1).default(60).describe('How long a check waits for the route'),
  rowsPerSecond: z.number().int().min(1).optional().describe('Read of each side at most'),
  timeSharePercent: z.number().min(1).max(100).default(100).describe('Of the time, in which rows are read'),
  progressFolder: z.string().min(1).optional().describe('Notes of how far checks have come, to go on with'),
});

const deadLetters = z.strictObject({
  keepDays: z
    .number()
    .int()
    .min(0)
    .default(90)
    .describe('How long redriven and discarded ones are kept; 0 keeps them for ever'),
});

const consumer = z.strictObject({
  // Brokers refuse less (group.min.session.timeout.ms).
  sessionTimeoutMs: z.number().int().min(6_000).default(10_000),
  rebalanceTimeoutMs: z.number().int().min(1_000).default(60_000),
  partitionsAtOnce: z.number().int().min(1).default(4),
});

const repair = z.strictObject({
  approval: z
    .enum(['none', 'required'])
    .default('none')
    .describe('`required`: a repair is applied only after somebody else than its planner has approved it'),
});

/** The whole configuration. Every default is in these files and nowhere else. */
export const configSchema = z.strictObject({
  kafka,
  connect,
  registry,
  sources: z.record(name, source).describe('Captured databases by name'),
  targets: z.record(name, target).describe('Databases that are written to, by name'),
  routes: z.array(route).min(1),
  packs: z.record(name, pack).default({}).describe('Documents and entities of systems of others, by name'),
  postings: z.array(posting).default([]).describe('Documents that become vouchers'),
  feeds: z.array(feed).default([]).describe('Whole documents, told to topics and endpoints'),
  invariants: invariants.prefault({}).describe('Rules of the business that must hold in targets'),
  journal: journal.optional().describe('Of what is written to databases, against tampering'),
  masking: z
    .strictObject({
      secret: secret()
        .min(16, 'must have 16 characters at least')
        .describe('Key of the hashes of masked columns'),
    })
    .optional(),
  http: http.prefault({}),
  check: check.prefault({}),
  repair: repair.prefault({}),
  deadLetters: deadLetters.prefault({}),
  consumer: consumer.prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
