import type { Session } from './connection.ts';
import { quote } from './identifiers.ts';

/** Only where it is missing: making one again would wait for all who use the table. */
export async function defineTrigger(
  session: Session,
  table: string,
  trigger: string,
  when: string,
): Promise<boolean> {
  const doing = `define the trigger ${trigger}`;
  const found = await session.run(
    'SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass($1) AND tgname = $2',
    [table, trigger],
    doing,
  );
  if (found.length > 0) return false;
  const kind = when.includes('DEFERRABLE') ? 'CONSTRAINT TRIGGER' : 'TRIGGER';
  await session.run(`CREATE ${kind} ${quote(trigger)} ${when}`, [], doing);
  return true;
}
