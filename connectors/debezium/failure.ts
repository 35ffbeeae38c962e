import { KNOWN_FAILURES } from './known-failures.ts';
import type { KnownFailure } from './known-failures.ts';

/** What may be shown of a failure: nothing of it quotes a row. */
export interface ExplainedFailure {
  /** Class of the innermost exception, such as `io.debezium.DebeziumException`. */
  readonly exception: string;
  /** How its message begins, up to where a value might be quoted. May be empty. */
  readonly message: string;
  /** A cause that is recognised; null when it is a new one. */
  readonly known: Omit<KnownFailure, 'pattern'> | null;
}

const EXCEPTION = /^(?:Caused by: )?([A-Za-z_$][\w$]*(?:\.[\w$]+)+)(?::\s?(.*))?$/;

/** Words before the first thing that could be a value: a digit, a quote, a bracket, a colon, a foreign letter. */
const SAFE_WORDS = /^[A-Za-z ,./_;-]*/;
/** How PostgreSQL and the MariaDB driver begin their messages. */
const SEVERITY = /^(?:ERROR: |FATAL: |\(conn=\d+\) )+/;
const LONGEST = 160;

/** Reads a stack trace as Connect gives it. Pure; never throws. */
export function explainFailure(trace: string): ExplainedFailure {
  const { exception, message } = innermost(trace);
  const found = KNOWN_FAILURES.find(({ pattern }) => pattern.test(trace));
  return { exception, message, known: found === undefined ? null : described(found) };
}

function described({ id, title, remedy, passing }: KnownFailure): Omit<KnownFailure, 'pattern'> {
  return { id, title, remedy, passing };
}

function innermost(trace: string): { exception: string; message: string } {
  let last = { exception: 'unknown', message: '' };
  for (const line of trace.split('\n')) {
    const match = EXCEPTION.exec(line.trimEnd());
    if (match?.[1] === undefined) continue;
    last = { exception: match[1], message: safePart(match[2] ?? '') };
  }
  return last;
}

function safePart(message: string): string {
  const words = SAFE_WORDS.exec(message.replace(SEVERITY, ''))?.[0] ?? '';
  return words.slice(0, LONGEST).trim();
}

/** One line for a person: the known cause, or the exception and how its message begins. */
export function failureLine({ exception, message, known }: ExplainedFailure): string {
  const raw = message === '' ? exception : `${exception}: ${message}`;
  return known === null ? raw : `${known.title} (${raw})`;
}
