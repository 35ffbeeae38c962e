import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unreachable } from '../schemas/contract/unreachable.ts';
import { connectPart } from './parts/connect.ts';
import { kafkaPart } from './parts/kafka.ts';
import { mariadbPart } from './parts/mariadb.ts';
import type { Part, PartContext } from './parts/part.ts';
import { postgresPart } from './parts/postgres.ts';
import { registryPart } from './parts/registry.ts';
import type { PartName, Ports, StackAddresses } from './stack-types.ts';

export function partNamed(name: PartName, context: PartContext): Part {
  switch (name) {
    case 'kafka':
      return kafkaPart(context);
    case 'registry':
      return registryPart(context);
    case 'connect':
      return connectPart(context);
    case 'mariadb':
      return mariadbPart(context);
    case 'postgres':
      return postgresPart(context);
    default:
      return unreachable(name);
  }
}

/**
 * The order of the end: first who writes, then who is written to. PostgreSQL waits for its replication clients when it
 * stops, and Connect commits offsets to Kafka, so Connect goes first and Kafka last.
 */
export const STOP_ORDER: readonly (readonly PartName[])[] = [
  ['connect'],
  ['registry', 'mariadb', 'postgres'],
  ['kafka'],
];

export interface Passwords {
  readonly mariadb: string;
  readonly postgres: string;
}

/** Made once for each stack, since the databases are set up with them; only the owner may read the file. */
export async function stackPasswords(directory: string): Promise<Passwords> {
  const file = join(directory, 'passwords.json');
  const known = await readFile(file, 'utf8').catch(() => null);
  if (known !== null) return JSON.parse(known) as Passwords;
  const made = { mariadb: randomBytes(12).toString('hex'), postgres: randomBytes(12).toString('hex') };
  await writeFile(file, JSON.stringify(made), { mode: 0o600, flush: true });
  return made;
}

const HOST = '127.0.0.1';

export function addressesOf(ports: Ports, passwords: Passwords): StackAddresses {
  const registry = `http://${HOST}:${ports.registry.toString()}/apis`;
  return {
    kafka: { bootstrap: `${HOST}:${ports.kafka.toString()}` },
    connect: { url: `http://${HOST}:${ports.connect.toString()}` },
    registry: { url: `${registry}/ccompat/v7`, converterUrl: `${registry}/registry/v2` },
    mariadb: { host: HOST, port: ports.mariadb, user: 'root', password: passwords.mariadb },
    postgres: {
      host: HOST,
      port: ports.postgres,
      user: 'postgres',
      password: passwords.postgres,
      database: 'postgres',
    },
  };
}
