/**
 * - `ok`: it is as it must be;
 * - `warning`: it works, and may not do so for ever or as well as it could;
 * - `error`: it does not work, or rows would be lost or refused;
 * - `unknown`: it could not be looked at.
 */
export type Status = 'ok' | 'warning' | 'error' | 'unknown';

/** One thing that was looked at. Names settings, users and tables; never a row's values or a password. */
export interface Finding {
  readonly status: Status;
  /** What was looked at: `source oa`, `kafka`. */
  readonly where: string;
  readonly what: string;
  /** How to mend it: the exact statement or setting, where there is one. */
  readonly mend: string | null;
}

/** Makes the findings of one place. */
export interface Findings {
  ok(what: string): Finding;
  warning(what: string, mend: string): Finding;
  error(what: string, mend: string): Finding;
  unknown(what: string, mend: string): Finding;
}

export function findingsAt(where: string): Findings {
  const bad = (status: Status) => (what: string, mend: string) => ({ status, where, what, mend });
  return {
    ok: (what) => ({ status: 'ok', where, what, mend: null }),
    warning: bad('warning'),
    error: bad('error'),
    unknown: bad('unknown'),
  };
}

const SIGN: Readonly<Record<Status, string>> = { ok: '✓', warning: '!', error: '✗', unknown: '?' };

/** The findings as text, by place; those that are as they must be are counted, unless all are wanted. */
export function formatFindings(findings: readonly Finding[], all: boolean): string {
  const places = [...new Set(findings.map(({ where }) => where))];
  const lines = places.flatMap((place) => {
    const here = findings.filter(({ where }) => where === place);
    const fine = here.filter(({ status }) => status === 'ok').length;
    const shown = all ? here : here.filter(({ status }) => status !== 'ok');
    return [
      `${place}: ${fine.toString()} of ${here.length.toString()} as they must be`,
      ...shown.flatMap(({ status, what, mend }) => [
        `  ${SIGN[status]} ${what}`,
        ...(mend === null ? [] : mend.split('\n').map((line) => `      ${line}`)),
      ]),
    ];
  });
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  return [
    ...lines,
    `${count('error').toString()} errors, ${count('warning').toString()} warnings, ${count('unknown').toString()} not looked at`,
  ].join('\n');
}
