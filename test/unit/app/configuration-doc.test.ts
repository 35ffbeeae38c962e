import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { configSchemaText } from '../../../app/config/json-schema.ts';
import { parseConfig } from '../../../app/config/load.ts';
import { configSchema } from '../../../app/config/schema.ts';
import { isSecretSetting } from '../../../connectors/debezium/secret.ts';

const PAGE = readFileSync('docs/configuration.md', 'utf8');

/** What is used here of a JSON schema. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
}

const SCHEMA = z.toJSONSchema(configSchema, { io: 'input' }) as Node;

/** The variants of what is set under a key: list items and the values of a record take the place of their container. */
function variantsOf(node: Node): readonly Node[] {
  if (node.oneOf) return node.oneOf;
  if (node.items) return variantsOf(node.items);
  const values = node.additionalProperties;
  return typeof values === 'object' && node.properties === undefined ? variantsOf(values) : [node];
}

/** Every setting below a node by its dotted name, with its default as the page writes it. */
function settingsOf(node: Node, prefix = ''): Map<string, string> {
  const settings = new Map<string, string>();
  for (const variant of variantsOf(node)) {
    for (const [key, child] of Object.entries(variant.properties ?? {})) {
      settings.set(prefix + key, defaultOf(child, variant.required?.includes(key) ?? false));
      for (const [name, value] of settingsOf(child, `${prefix}${key}.`)) settings.set(name, value);
    }
  }
  return settings;
}

function defaultOf({ default: value }: Node, required: boolean): string {
  if (value === undefined) return required ? 'required' : 'none';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Name and default of each row of the table in a section of the page. */
function documented(section: string): Map<string, string> {
  const text = PAGE.split(/^##+ /m).find((part) => part.startsWith(`\`${section}\`\n`)) ?? '';
  const rows = text.matchAll(/^\| *`([A-Za-z.]+)` *\|[^|]*\| *([^|]*?) *\|/gm);
  return new Map([...rows].map(([, name = '', value = '']) => [name, value]));
}

const sections = Object.entries(SCHEMA.properties ?? {});

test('the page has the sections of the schema, in their order', () => {
  const headings = [...PAGE.matchAll(/^## `(.+)`$/gm)].map(([, name]) => name);
  expect(headings).toEqual(sections.map(([name]) => name));
});

test.each(sections)('each setting of %s has its row, in order and with its default', (name, node) => {
  const settings = settingsOf(node);
  expect(settings.size).toBeGreaterThan(0);
  expect([...documented(name)]).toEqual([...settings]);
});

describe('the examples', () => {
  const complete = ['docs/configuration.md', 'docs/your-databases.md'].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)]
      .map(([, text = '']) => ({ file, text }))
      .filter(({ text }) => /^routes:/m.test(text)),
  );
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const keys: Readonly<Record<string, string>> = { JOURNAL_KEY: privateKey, JOURNAL_PUB: publicKey };
  const parse = (text: string) => {
    const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
    return parseConfig(
      text,
      'example',
      Object.fromEntries(names.map((name) => [name, keys[name] ?? 'a secret of some length'])),
    );
  };

  test.each(complete)('the file in $file is a valid configuration', ({ text }) => {
    expect(() => parse(text)).not.toThrow();
  });

  test('the complete file has every setting but those with examples of their own, and calls default what is', () => {
    const text = complete[0]!.text;
    for (const [, node] of sections)
      for (const name of settingsOf(node).keys())
        if (!/^(tls|sasl|auth|tables\.|rename\.)/.test(name))
          expect(text).toMatch(new RegExp(`\\b${name.split('.').at(-1)}:`));
    const without = text.replaceAll(/^.*# default\b.*\n/gm, '');
    expect(without).not.toBe(text);
    expect(parse(without)).toEqual(parse(text));
  });
});

test('the schema for editors is that of the settings', () => {
  expect(readFileSync('docs/counterfoil.schema.json', 'utf8')).toBe(configSchemaText());
});

test('every secret is marked as such for editors, and as hidden by its name', () => {
  const found: string[] = [];
  const walk = (node: unknown, key: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('writeOnly' in node) found.push(key);
    for (const [name, child] of Object.entries(node)) walk(child, name);
  };
  walk(SCHEMA, '');
  expect(new Set(found)).toEqual(new Set(['password', 'secret', 'token', 'clientSecret', 'signingKey']));
  for (const name of found) expect(isSecretSetting(name)).toBe(true);
});

test('the page lists the variables that app/config reads', () => {
  const code = ['environment.ts', 'load.ts'].map((file) => readFileSync(`app/config/${file}`, 'utf8')).join();
  const read = [...code.matchAll(/\['(COUNTERFOIL_\w+)'\]/g)].map(([, name]) => name).sort();
  const listed = [...PAGE.matchAll(/^\| *`(COUNTERFOIL_\w+)`/gm)].map(([, name]) => name).sort();
  expect(listed).toEqual(read);
});
