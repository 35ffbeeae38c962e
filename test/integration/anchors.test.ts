import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorLines, createAnchoring } from '../../app/runtime/anchors.ts';
import type { Config } from '../../app/config/schema.ts';
import { anchorsIn, summaryOf } from '../../monitoring/audit/anchors.ts';
import type { Sink } from '../../schemas/contract/ports.ts';
import type { TelemetryEvent } from '../../schemas/contract/telemetry.ts';
import { uniqueName } from '../support/stack-file.ts';
import { kafkaOfTest } from './topics/bench.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

const none = () => undefined;
const SILENT = { debug: none, info: none, warn: none, error: none };

/** A journal whose end moves on with every look at it. */
function growingSink(): Sink {
  let sequence = 0n;
  const journalHeads = () => {
    sequence += 1n;
    const chain = { route: 'claims', topic: 'oa.claim', partition: 0 };
    return Promise.resolve([{ chain, sequence, hash: Buffer.alloc(32, Number(sequence)) }]);
  };
  return { journalHeads, prepare: () => Promise.resolve() } as unknown as Sink;
}

async function bench() {
  const folder = await mkdtemp(join(tmpdir(), 'counterfoil-anchors-'));
  const file = join(folder, 'anchors.jsonl');
  const journal = {
    signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ...{ topic: uniqueName('anchors'), file, anchorSeconds: 0.05, auditSeconds: 0 },
  };
  const config = {
    ...{ journal, kafka: { replicationFactor: 1 }, targets: { finance: { kind: 'postgresql' } } },
  } as unknown as Config;
  const kafka = kafkaOfTest();

  /** A process that puts down so many anchors; one more when it ends, or else it is killed. */
  async function process(anchors: number): Promise<void> {
    const ended = new AbortController();
    let left = anchors;
    const anchoring = createAnchoring({
      ...{ config, kafka, sinks: new Map([['finance', growingSink()]]), logger: SILENT },
      telemetry: {
        emit: (event: TelemetryEvent) => {
          if (event.type === 'journal-anchored' && (left -= 1) === 0) ended.abort();
        },
      },
    });
    await anchoring.run(ended.signal);
    await anchoring.close();
  }

  const found = async () => {
    const lines = await anchorLines('finance', config, kafka, new AbortController().signal);
    return anchorsIn(lines, 'finance', publicKey);
  };
  return { ...{ file, journal, process, found }, close: () => rm(folder, { recursive: true }) };
}

test('anchors are numbered, and each names those before it, those of earlier processes too', async () => {
  const { file, process, found, close } = await bench();
  try {
    await process(2);
    await process(1);
    const { genuine, unread } = await found();
    expect(unread).toBeNull();
    expect(genuine.map(({ number }) => number)).toEqual([1, 2, 3, 1, 2]);
    expect(genuine.map(({ after }) => after)).toEqual([[], ...genuine.slice(0, 4).map(({ hash }) => [hash])]);
    // The same are in the file, and one that a kill has cut short does no harm.
    await appendFile(file, (await readFile(file, 'utf8')).slice(1, 200));
    await process(1);
    const all = await found();
    expect(summaryOf(all, [])).toMatchObject({ genuine: 7, damaged: 1, false: 0, missing: 0 });
  } finally {
    await close();
  }
});

test('what cannot be read of the anchors is said, and hides nothing of the others', async () => {
  const { journal, process, found, close } = await bench();
  try {
    await process(1);
    journal.file = tmpdir();
    expect(await found()).toMatchObject({
      unread: expect.stringContaining('cannot be read') as string,
      genuine: [{ number: 1 }, { number: 2 }],
    });
  } finally {
    await close();
  }
});
