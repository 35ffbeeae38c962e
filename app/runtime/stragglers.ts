import type { Logger } from 'pino';

/** So much of the time that the process has for its end may pass in silence. */
const SILENCE_MS = 5_000;

/** Tells, when the end takes long, which parts of the process are still at work. */
export function watchStragglers(signal: AbortSignal, logger: Logger) {
  const atWork = new Set<string>();
  signal.addEventListener(
    'abort',
    () => {
      setTimeout(() => {
        if (atWork.size === 0) return;
        logger.warn({ parts: [...atWork] }, `still at work: ${[...atWork].join(', ')}`);
      }, SILENCE_MS).unref();
    },
    { once: true },
  );
  return async <T>(part: string, work: Promise<T>): Promise<T> => {
    atWork.add(part);
    try {
      return await work;
    } finally {
      atWork.delete(part);
    }
  };
}
