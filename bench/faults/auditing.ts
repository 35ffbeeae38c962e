import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryFinding } from '../../monitoring/audit/chains.ts';
import type { AuditReport } from '../../monitoring/audit/report.ts';
import { chainLabel } from '../../schemas/contract/chain.ts';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import type { Pipeline } from '../../test/support/pipeline.ts';
import { say } from '../../test/support/timed-say.ts';
import { run } from './command.ts';
import type { Said } from './command.ts';
import { OpenJournal } from './journal.ts';
import type { EntryPlace } from './journal.ts';
import { keyOf } from './ledger.ts';
import { markEach } from './marked.ts';
import type { Marked } from './marked.ts';
import type { Place } from './place.ts';
import { openSource } from './sessions.ts';
import { FoundOfKind } from './tally.ts';
import { TAMPERING_KINDS } from './tampering.ts';
import type { Tampered } from './tampering.ts';
import type { LiveWriter } from './writer.ts';

const CLOSED_UP = 'entry removed, those after it numbered and linked anew';

export interface AuditOfTampering {
  readonly kinds: readonly FoundOfKind[];
  readonly false: readonly string[];
  readonly verdict: string;
  readonly seconds: number;
  /** Entries of the journal, and rows that they tell of. */
  readonly entries: number;
  readonly records: number;
}

/** An audit as JSON, where sequences are texts. */
type AuditJson = Omit<AuditReport, 'chains'> & {
  readonly chains: readonly {
    readonly findings: readonly (Omit<EntryFinding, 'from' | 'to'> & Record<'from' | 'to', string>)[];
  }[];
};

export function audit(mirror: FreshMirror): Promise<Said<AuditJson>> {
  return run<AuditJson>(mirror, 'audit', 'verify', '--keys', '100000');
}

/** Does all kinds of tampering, so often each, and has them looked for. */
export async function tamperAndAudit(
  place: Place,
  pipeline: Pipeline,
  writer: LiveWriter,
  each: number,
): Promise<AuditOfTampering> {
  const { mirror } = place;
  const journal = new OpenJournal(place.sessions.target, `${mirror.name}_own`);
  const marked = await mark(place, journal, writer, each * TAMPERING_KINDS.length);
  const closed = await journal.last('bank_line');
  await untilAnchored(pipeline);
  const done: Tampered[] = [];
  for (const { name, tamper } of TAMPERING_KINDS) {
    for (let nth = 0; nth < each; nth += 1) {
      const target = marked[done.length];
      if (target === undefined) throw new Error('too few entries are marked');
      done.push({ name, ...(await tamper(place, journal, target, nth)), at: performance.now() });
    }
    say(`did ${each.toString()}: ${name}`);
  }
  await journal.closeUp(closed);
  done.push({
    name: CLOSED_UP,
    rows: [],
    entries: [{ ...closed, fault: 'replaced' }],
    at: performance.now(),
  });
  return judgeAudit(await audit(mirror), done, marked);
}

/** The first only drains the stream, so that each other entry of the journal tells of one row. */
async function mark(place: Place, journal: OpenJournal, writer: LiveWriter, count: number) {
  const source = await openSource(place.mirror.name);
  const numbers = Array.from({ length: 1 + count }, () => place.reserve.take());
  const [, ...marked] = await writer.paused(() => markEach(numbers, source, journal, place.ledger));
  await source.end();
  return marked;
}

/** Until anchors were put down that vouch for all that is in the journal now. */
async function untilAnchored(pipeline: Pipeline): Promise<void> {
  const since = Date.now() / 1_000;
  for (;;) {
    const metrics = await pipeline.metrics();
    const at = /^counterfoil_journal_anchored_timestamp_seconds\{.*\} (\S+)$/m.exec(metrics)?.[1];
    if (Number(at) > since + 1) return;
    await sleep(200);
  }
}

/** What an audit has found of what was done. */
function judgeAudit(
  { report, at, seconds }: Said<AuditJson>,
  done: readonly Tampered[],
  marked: readonly Marked[],
): AuditOfTampering {
  const rows = report.tables.flatMap(({ findings }) => findings);
  const entries: EntryFinding[] = report.chains.flatMap(({ findings }) =>
    findings.map((finding) => ({ ...finding, from: BigInt(finding.from), to: BigInt(finding.to) })),
  );
  const kinds = new Map<string, FoundOfKind>();
  for (const { name, at: since, ...expected } of done) {
    const kind = kinds.get(name) ?? new FoundOfKind(name);
    kinds.set(name, kind);
    const missed = [
      ...expected.rows.filter(
        ({ key, fault }) => !rows.some((row) => row.key === key && row.fault === fault),
      ),
      ...expected.entries.filter(
        (entry) => !entries.some((found) => found.fault === entry.fault && covers(found, entry)),
      ),
    ].map(({ fault }) => fault);
    if (missed.length === 0) kind.found((at - since) / 1_000);
    else kind.missed(`not said to be ${missed.join(', ')}`);
  }
  const touched = new Set([
    ...marked.map(({ n }) => keyOf(n)),
    ...done.flatMap((each) => each.rows.map(({ key }) => key)),
  ]);
  const guilty = done.flatMap((each) => each.entries);
  return {
    kinds: [...kinds.values()],
    false: [
      ...rows.filter(({ key }) => !touched.has(key)).map(({ fault, key }) => `${fault} ${key}`),
      ...entries
        .filter((found) => !guilty.some((entry) => covers(found, entry)))
        .map(({ fault, from, to }) => `entries ${from.toString()} to ${to.toString()} ${fault}`),
    ],
    ...{ verdict: report.verdict, seconds, entries: report.entries, records: report.records },
  };
}

function covers({ chain, from, to }: EntryFinding, entry: EntryPlace): boolean {
  return chainLabel(entry.chain) === chainLabel(chain) && from <= entry.sequence && entry.sequence <= to;
}
