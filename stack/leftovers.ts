import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jvmMarker } from './parts/part.ts';
import { postgresDataFolders } from './postgres-place.ts';
import { identify, isAlive, stopProcess, type ProcessIdentity } from './process.ts';
import { STOP_ORDER } from './stack-parts.ts';
import type { PartRecord, StackState } from './state.ts';
import { PART_NAMES, type PartName, type StackReporter } from './stack-types.ts';

/** The parts of the state whose very process still runs. */
export async function livingParts(state: StackState): Promise<readonly PartName[]> {
  const alive = await Promise.all(
    PART_NAMES.map(async (name) => {
      const record = state.parts[name];
      return record !== undefined && (await isAlive(record.process)) ? name : null;
    }),
  );
  return alive.filter((name) => name !== null);
}

/** Ends the recorded parts that still run, in the right order; resolves to their names. */
export async function stopRecorded(
  state: StackState,
  onStopped: (part: PartName) => void,
): Promise<readonly PartName[]> {
  const living = await livingParts(state);
  for (const group of STOP_ORDER) {
    await Promise.all(
      group
        .filter((name) => living.includes(name))
        .map(async (name) => {
          const record = state.parts[name] as PartRecord;
          await stopProcess(record.process, record.stopSignal, record.stopMilliseconds);
          onStopped(name);
        }),
    );
  }
  return living;
}

/** Every argument by which a process of this stack, helpers included, can be told. */
export function stackMarkers(directory: string, sharedFolder: string): readonly string[] {
  const postgres = postgresDataFolders(directory, sharedFolder);
  return [
    jvmMarker(directory),
    `--defaults-file=${join(directory, 'config/mariadb.cnf')}`,
    `--datadir=${join(directory, 'data/mariadb.new')}`,
    ...postgres.map((data) => `config_file=${join(data, 'counterfoil.conf')}`),
    ...postgres.map((data) => `--pgdata=${data}.new`),
  ];
}

/**
 * Ends what carries one of the stack's own arguments but is in no state: a launcher may be killed between starting a
 * process and writing it down, or while a helper sets up a database. Returns how many there were.
 */
export async function stopUnrecorded(markers: readonly string[]): Promise<number> {
  const found: ProcessIdentity[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const args = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const marker = args.find((arg) => markers.includes(arg));
    if (marker !== undefined) found.push(await identify(Number(entry), marker));
  }
  await Promise.all(found.map((process) => stopProcess(process, 'SIGTERM', 10_000)));
  return found.length;
}

/** What still ran: parts that were written down, and whether there was anything at all. */
export interface Leftovers {
  readonly parts: readonly PartName[];
  readonly any: boolean;
}

/** Ends everything of the stack that still runs, by the state and by what the processes themselves tell. */
export async function endLeftovers(
  directory: string,
  sharedFolder: string,
  state: StackState | null,
  report: StackReporter,
): Promise<Leftovers> {
  const parts =
    state === null
      ? []
      : await stopRecorded(state, (part) => {
          report({ type: 'part-stopped', part });
        });
  const others = await stopUnrecorded(stackMarkers(directory, sharedFolder));
  return { parts, any: parts.length > 0 || others > 0 };
}
