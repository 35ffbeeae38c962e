import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Finding, Findings } from './finding.ts';
import { findingsAt } from './finding.ts';

/** Something to look at. `look` may throw: then it is said that it could not be looked at. */
export interface Subject {
  readonly where: string;
  look(find: Findings): Promise<readonly Finding[]>;
}

/** Looks at all subjects, a few at a time, and gives their findings in the order of the subjects. Never throws. */
export async function examine(subjects: readonly Subject[]): Promise<readonly Finding[]> {
  const findings: (readonly Finding[])[] = [];
  for (let at = 0; at < subjects.length; at += AT_ONCE)
    findings.push(...(await Promise.all(subjects.slice(at, at + AT_ONCE).map(lookAt))));
  return findings.flat();
}

const AT_ONCE = 4;

async function lookAt(subject: Subject): Promise<readonly Finding[]> {
  const find = findingsAt(subject.where);
  try {
    return await subject.look(find);
  } catch (error) {
    return [failureOf(error, find)];
  }
}

/** Who may not log in has an error to mend; what does not answer was not looked at. */
function failureOf(error: unknown, find: Findings): Finding {
  if (error instanceof CounterfoilError && error.disposition === 'usage')
    return find.error(error.message, error.remedy ?? 'Correct the configuration.');
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  const text = message === '' ? 'no answer' : message;
  if (/^(28|ER_ACCESS_DENIED|ER_DBACCESS_DENIED|3D000|42501)/.test(code))
    return find.error(
      `log-in refused: ${text}`,
      'See user and password in the configuration, and from where the user may come (pg_hba.conf; the host of the MariaDB account). `counterfoil init` prints the statements that create the users.',
    );
  return find.unknown(
    `could not be looked at: ${text}`,
    'See that it runs and that host, port and TLS settings in the configuration are right.',
  );
}
