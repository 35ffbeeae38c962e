import pRetry from 'p-retry';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Config } from '../config/schema.ts';
import { connectOf } from './connect.ts';
import { withSource } from './source-session.ts';

/** Connect says «stopped» before the tasks have ended. */
const UNTIL_ENDED = { retries: 60, minTimeout: 500, maxTimeout: 1_000 };

/**
 * Has a connector begin anew: it reads all rows of its tables once more, then the log from there. The routes may run
 * meanwhile; what they hold as new stays as it is. On PostgreSQL the slot is dropped, and made again by the connector.
 * Throws CONNECT_UNAVAILABLE, CONNECTOR_REJECTED, SOURCE_UNAVAILABLE; may be repeated.
 */
export async function resnapshot(config: Config, name: string): Promise<void> {
  const source = config.sources[name];
  if (source === undefined) {
    const known = Object.keys(config.sources).join(', ');
    throw new CounterfoilError('CONFIGURATION_INVALID', `there is no source "${name}"; there are ${known}`);
  }
  const client = connectOf(config);
  await client.stop(name);
  await pRetry(() => client.forgetOffset(name), UNTIL_ENDED);
  if (source.kind === 'postgresql') {
    await withSource(name, source, 'capture', (session) =>
      pRetry(
        () =>
          session.run(
            'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ?',
            [source.slot],
          ),
        UNTIL_ENDED,
      ),
    );
  }
  await client.resume(name);
}
