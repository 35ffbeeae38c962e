import pino from 'pino';
import type { Logger } from 'pino';
import pretty from 'pino-pretty';

/** Logs to standard error: lines for people on a terminal, JSON elsewhere. Standard output is for results. */
export function createLogger(level: string): Logger {
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}
