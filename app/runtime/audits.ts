import type { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { anchorsIn, NO_ANCHORS, summaryOf } from '../../monitoring/audit/anchors.ts';
import type { Anchors } from '../../monitoring/audit/anchors.ts';
import { audit } from '../../monitoring/audit/audit.ts';
import { databaseEvidence } from '../../monitoring/audit/database-evidence.ts';
import type { Evidence } from '../../monitoring/audit/evidence.ts';
import { exportedEvidence, writeExport } from '../../monitoring/audit/export.ts';
import { tableHistory } from '../../monitoring/audit/history.ts';
import type { ToldChange } from '../../monitoring/audit/history.ts';
import type { AuditReport } from '../../monitoring/audit/report.ts';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Telemetry, TelemetryEvent } from '../../schemas/contract/telemetry.ts';
import type { Config } from '../config/schema.ts';
import { isDatabase } from '../config/target-schema.ts';
import { targetReader } from './checks.ts';
import { anchorLines } from './anchors.ts';
import { auditKeyOf } from './journal.ts';
import { kafkaOf } from './kafka.ts';
import { targetOf } from './targets.ts';

export interface AuditRun {
  /** Public key that entries and anchors must be signed with. */
  readonly key: KeyObject;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** Rows per table that a report names; default 20. */
  readonly shownKeys?: number;
}

/** Targets of which a journal is kept, when one is. */
export function journaledTargets({ targets }: Config): readonly { readonly name: string }[] {
  return Object.entries(targets).flatMap(([name, target]) => (isDatabase(target) ? [{ name }] : []));
}

/** Audits targets one after the other, as their check users. What cannot be read is inconclusive. */
export async function auditTargets(
  config: Config,
  targets: readonly string[],
  run: AuditRun,
): Promise<readonly AuditReport[]> {
  const reports: AuditReport[] = [];
  for (const target of targets) {
    const began = performance.now();
    try {
      reports.push(await withEvidence(config, target, run, (evidence) => audit(evidence, run)));
    } catch (error) {
      if (run.signal.aborted) throw error;
      if (error instanceof CounterfoilError && error.disposition === 'usage') throw error;
      reports.push(unread(target, reasonOf(error), (performance.now() - began) / 1_000));
    }
  }
  return reports;
}

/** What keeps an audit from its end, without values: only range errors are the audit's own. */
function reasonOf(error: unknown): string {
  if (error instanceof CounterfoilError || error instanceof RangeError) return error.message;
  return `the audit failed (${error instanceof Error ? error.name : 'unknown error'})`;
}

/** Throws CONFIGURATION_INVALID for an export that cannot be read. */
export async function auditExport(folder: string, run: AuditRun): Promise<AuditReport> {
  try {
    return await audit(
      await exportedEvidence(folder, (lines, target) => anchorsIn({ lines, unread: null }, target, run.key)),
      run,
    );
  } catch (error) {
    if (run.signal.aborted || error instanceof CounterfoilError) throw error;
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `the export in ${folder} is damaged: ${reasonOf(error)}`,
      {
        remedy: 'Export once more, or fetch it again from where it came.',
      },
    );
  }
}

/** All that the journals of these targets tell of one row, by target. Throws CONFIGURATION_INVALID for a table of none. */
export async function rowHistory(
  config: Config,
  targets: readonly string[],
  table: string,
  key: readonly string[],
): Promise<readonly RowHistory[]> {
  const found: RowHistory[] = [];
  for (const target of targets) {
    const changes = await withTarget(config, target, NO_ANCHORS, async (evidence) => {
      const history = await tableHistory(evidence, table, auditKeyOf(config));
      if (history === null) return null;
      if (history.key.length !== key.length)
        throw new CounterfoilError(
          'CONFIGURATION_INVALID',
          `the key of ${table} is ${history.key.join(', ')}: ${key.length} values were given`,
        );
      return history.of(key);
    });
    if (changes !== null) found.push({ target, changes });
  }
  if (found.length > 0) return found;
  throw new CounterfoilError('CONFIGURATION_INVALID', `no journal has told of a table ${table} with a key`, {
    remedy: 'Name a target table as namespace.table, as `counterfoil audit verify` does.',
  });
}

export interface RowHistory {
  readonly target: string;
  /** The oldest first. */
  readonly changes: readonly ToldChange[];
}

export async function exportTarget(
  config: Config,
  target: string,
  folder: string,
  { signal, onProgress }: Omit<AuditRun, 'key'>,
): Promise<void> {
  const { lines, unread } = await anchorLines(target, config, kafkaOf(config, 'audit'), signal);
  if (unread !== null) throw new CounterfoilError('KAFKA_UNAVAILABLE', unread);
  await withTarget(config, target, NO_ANCHORS, (evidence) =>
    writeExport(folder, evidence, lines, onProgress),
  );
}

/** Anchors are read first: what they vouch for is then in the snapshot. */
async function withEvidence<T>(
  config: Config,
  target: string,
  { key, signal }: AuditRun,
  use: (evidence: Evidence) => Promise<T>,
): Promise<T> {
  const lines = await anchorLines(target, config, kafkaOf(config, 'audit'), signal);
  return withTarget(config, target, anchorsIn(lines, target, key), use);
}

async function withTarget<T>(
  config: Config,
  name: string,
  anchors: Anchors,
  use: (evidence: Evidence) => Promise<T>,
): Promise<T> {
  const target = targetOf(config, name);
  if (!isDatabase(target)) throw new CounterfoilError('INTERNAL', `${name} is no database`);
  const reader = targetReader(target);
  const snapshot = await reader.snapshot();
  try {
    return await use(await databaseEvidence(snapshot, reader, target, { target: name, anchors }));
  } finally {
    await snapshot.close();
  }
}

export interface AuditsOptions {
  readonly config: Config;
  /** Those that routes of this process write to. */
  readonly targets: readonly string[];
  readonly telemetry: Telemetry;
  readonly signal: AbortSignal;
}

/** Audits targets again and again until `signal` aborts, when a journal is kept. */
export async function startAudits({ config, targets, telemetry, signal }: AuditsOptions): Promise<void> {
  const { journal } = config;
  if (journal === undefined || journal.auditSeconds === 0) return;
  const run = { key: auditKeyOf(config), signal, onProgress: () => undefined };
  const audited = journaledTargets(config).filter(({ name }) => targets.includes(name));
  for (;;) {
    await sleep(journal.auditSeconds * 1_000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const names = audited.map(({ name }) => name);
    for (const report of await auditTargets(config, names, run).catch(whenEnded(signal)))
      telemetry.emit(happeningOf(report));
  }
}

/** An audit that the end of the process has cut short says nothing. */
function whenEnded(signal: AbortSignal): (error: unknown) => readonly AuditReport[] {
  return (error) => {
    if (signal.aborted) return [];
    throw error;
  };
}

function happeningOf({
  target,
  verdict,
  entries,
  tables,
  chains,
  seconds,
  reason,
}: AuditReport): TelemetryEvent {
  const sum = (fault: 'altered' | 'removed' | 'added') =>
    tables.reduce((all, table) => all + table[fault], 0);
  const faults = {
    ...{ altered: sum('altered'), removed: sum('removed'), added: sum('added') },
    entry: chains.reduce((all, { findings }) => all + findings.length, 0),
  };
  return { type: 'audit-finished', target, verdict, entries, faults, seconds, reason };
}

function unread(target: string, reason: string, seconds: number): AuditReport {
  return {
    ...{ target, verdict: 'inconclusive', reason, chains: [], tables: [], entries: 0, records: 0 },
    ...{ anchors: summaryOf(NO_ANCHORS, []), seconds },
  };
}
