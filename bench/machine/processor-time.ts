import { readFileSync, readdirSync } from 'node:fs';

/** The kernel counts in hundredths of a second, whatever the machine. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process has used, all its threads, none of its children. */
export function ownSeconds(process: number): number {
  return statOf(process)?.own ?? 0;
}

/** Seconds of a process and its children, those that have ended included. */
export function treeSeconds(parent: number): number {
  const root = statOf(parent);
  let seconds = (root?.own ?? 0) + (root?.ended ?? 0);
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : null;
    if (stat?.parent === parent) seconds += stat.own;
  }
  return seconds;
}

/** The most memory that a process has held at once, in MB. */
export function peakMegabytes(process: number): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readProc(process, 'status') ?? '')?.[1];
  return Number(kilobytes ?? 0) / 1_000;
}

/** The process that started this one. */
export function parentOf(process: number): number | null {
  return statOf(process)?.parent ?? null;
}

interface Stat {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended. */
  readonly ended: number;
}

function statOf(process: number): Stat | null {
  const text = readProc(process, 'stat');
  if (text === null) return null;
  // The name before it may hold anything, a parenthesis included.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = (at: number) => (fields[at] ?? 0) / TICKS_PER_SECOND;
  return { parent: fields[1] ?? 0, own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) };
}

function readProc(process: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${process.toString()}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
