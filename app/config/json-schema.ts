import { z } from 'zod';
import { configSchema } from './schema.ts';

/** Name of the file that `# yaml-language-server` lines of written configurations refer to. */
export const SCHEMA_FILE = 'counterfoil.schema.json';

/** For the first line of a configuration that has the schema beside it. */
export const SCHEMA_COMMENT = `# yaml-language-server: $schema=./${SCHEMA_FILE}`;

/** The JSON Schema of configuration files, for editors: made from the schema that they are validated with. */
export function configJsonSchema(): object {
  return { title: 'counterfoil configuration', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}

/** The text of the schema file. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
