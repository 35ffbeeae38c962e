import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
}

async function text(path: string): Promise<string> {
  return readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

async function services(): Promise<Record<string, Service>> {
  return (parse(await text('compose.yaml')) as { services: Record<string, Service> }).services;
}

test('the containers are of the versions that the local stack runs', async () => {
  const pom = await text('stack/pom.xml');
  const version = (name: string): string => new RegExp(`<${name}.version>(.*)</`).exec(pom)?.[1] ?? '';
  const images = Object.values(await services()).map((service) => service.image);
  expect(images).toEqual([
    `apache/kafka:${version('kafka')}`,
    `apicurio/apicurio-registry:${version('registry')}`,
    `quay.io/debezium/connect:${version('debezium')}`,
    `mariadb:${version('mariadb')}`,
    // The artifact of the binaries counts its own builds after the server's version.
    `postgres:${version('postgres').replace(/\.0$/, '')}`,
  ]);
});

test('every port is published on this machine alone', async () => {
  for (const service of Object.values(await services()))
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});
