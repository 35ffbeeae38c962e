import { generateKeyPairSync } from 'node:crypto';
import { auditTargets, startAudits } from '../../app/runtime/audits.ts';
import type { Config } from '../../app/config/schema.ts';
import { createPostgresSink } from '../../sinks/postgres/sink.ts';
import type { TelemetryEvent } from '../../schemas/contract/telemetry.ts';
import { journalSignedBy } from '../support/audited.ts';
import { openPostgres } from '../support/databases.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** One target that never answers, and one whose journal has begun; anchors that nobody has put down. */
async function bench() {
  const database = openPostgres();
  const namespace = database.reserveNamespace('audits');
  const sink = createPostgresSink({ ...database.address, namespace, journal: journalSignedBy(privateKey) });
  await sink.prepare();
  await sink.close();
  const { host, port, user, password, database: name } = testStack().postgres;
  const target = { kind: 'postgresql', host, database: name, check: { user, password }, namespace };
  const journal = {
    signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ...{ topic: uniqueName('anchors'), anchorSeconds: 10, auditSeconds: 0.01 },
  };
  const config = {
    ...{ journal, kafka: { brokers: [testStack().kafka.bootstrap] } },
    targets: { silent: { ...target, port: 1 }, finance: { ...target, port } },
  } as unknown as Config;
  return { config, database };
}

const OUTCOMES = [
  {
    ...{ target: 'silent', verdict: 'inconclusive', entries: 0 },
    reason: expect.stringMatching(/^cannot read from PostgreSQL/) as string,
  },
  {
    ...{ target: 'finance', verdict: 'inconclusive', entries: 1 },
    reason: 'there is no anchor: entries at the ends of chains may be gone',
  },
];

test('an audit that cannot go on is inconclusive, and keeps nobody else from one', async () => {
  const { config, database } = await bench();
  try {
    const run = { key: publicKey, signal: new AbortController().signal, onProgress: () => undefined };
    expect(await auditTargets(config, ['silent', 'finance'], run)).toMatchObject(OUTCOMES);
  } finally {
    await database.close();
  }
});

test('audits go on while routes run, whatever becomes of one', async () => {
  const { config, database } = await bench();
  try {
    const ended = new AbortController();
    const events: TelemetryEvent[] = [];
    const telemetry = {
      emit: (event: TelemetryEvent) => {
        if (events.push(event) === 4) ended.abort();
      },
    };
    await startAudits({ config, targets: ['silent', 'finance'], telemetry, signal: ended.signal });
    expect(events).toMatchObject(
      [...OUTCOMES, ...OUTCOMES].map((each) => ({ type: 'audit-finished', ...each })),
    );
  } finally {
    await database.close();
  }
});
