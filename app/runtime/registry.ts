import type { RegistryAddress } from '../../connectors/registry/fetch-schema.ts';
import { createSchemaRegistry } from '../../connectors/registry/schema-registry.ts';
import type { SchemaSource } from '../../schemas/contract/ports.ts';
import type { Config } from '../config/schema.ts';

/** The configured schema registry. */
export function registryOf(config: Config): SchemaSource {
  return createSchemaRegistry(registryAddressOf(config));
}

export function registryAddressOf({ registry: { url, auth } }: Config): RegistryAddress {
  if (auth === undefined) return { url };
  return { url, auth: { username: auth.user, password: auth.password } };
}
