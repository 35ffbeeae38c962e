import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/** The version of the product: of the nearest package.json above this file, whether it is compiled or not. */
export function productVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    const file = new URL(up, import.meta.url);
    if (existsSync(file)) return manifest.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
  }
  return 'unknown';
}
