import { createSchemaRegistry } from '../../connectors/registry/schema-registry.ts';
import type { SchemaSource } from '../../schemas/contract/ports.ts';
import type { Config } from '../config/schema.ts';

/** The configured schema registry. */
export function registryOf({ registry: { url, auth } }: Config): SchemaSource {
  if (auth === undefined) return createSchemaRegistry({ url });
  return createSchemaRegistry({ url, auth: { username: auth.user, password: auth.password } });
}
