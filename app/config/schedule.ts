import { Cron } from 'croner';

/** The moments at which a route is to run. All times are milliseconds since the epoch. */
export interface Schedule {
  /** The first moment after `time`. */
  next(time: number): number;
  /** The last moment that is not after `time`; null when there was none. */
  latest(time: number): number | null;
}

/** Throws what croner throws for a pattern or a time zone that is none, and RangeError for one without moments. */
export function scheduleOf(pattern: string, timeZone: string): Schedule {
  const cron = new Cron(pattern, { timezone: timeZone, mode: '5-or-6-parts', paused: true });
  const next = (time: number): number => {
    const found = cron.nextRun(new Date(time));
    if (found === null) throw new RangeError(`there is no moment of ${pattern} to come`);
    return found.getTime();
  };
  // A single moment is none: croner takes dates, too.
  next(next(Date.now()));
  return {
    next,
    latest(time) {
      // Those before a whole second: croner leaves out the time that it is given.
      const second = new Date((Math.floor(time / 1_000) + 1) * 1_000);
      return cron.previousRuns(1, second)[0]?.getTime() ?? null;
    },
  };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
