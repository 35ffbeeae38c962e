import { createConnectClient } from '../../connectors/debezium/connect-client.ts';
import type { ConnectClient } from '../../connectors/debezium/connect-client.ts';
import type { Config } from '../config/schema.ts';

/** A client of the configured Connect cluster. */
export function connectOf({ connect }: Config, timeoutMs?: number): ConnectClient {
  return createConnectClient({
    url: connect.url,
    ...(connect.auth === undefined ? {} : { auth: connect.auth }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}
