import { normalDecimal } from './normal-decimal.ts';

type Token = readonly [kind: 'punctuation' | 'string' | 'number' | 'word', text: string];

const STRING = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;

/** Sticky, so that anything between two tokens makes the text no JSON. */
const TOKEN = new RegExp(
  `[ \\t\\n\\r]*(?:([{}[\\],:])|(${STRING.source})|(${NUMBER.source})|(true|false|null))`,
  'y',
);

/**
 * One text for all JSON texts of equal value: members in order of their names, the last of equal names, no white space,
 * numbers in normal form. Databases re-write JSON in their own ways (PostgreSQL's jsonb sorts members and keeps `1.50`);
 * numbers never pass through doubles. Null when the text is no JSON.
 */
export function canonicalJson(text: string): string | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const reader = { tokens, at: 0 };
  const value = valueAt(reader, 0);
  return value !== null && reader.at === tokens.length ? value : null;
}

interface TokenReader {
  readonly tokens: readonly Token[];
  at: number;
}

const MAX_DEPTH = 1_000;

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) return null;
    const [, punctuation, string, number, word] = match;
    if (punctuation !== undefined) tokens.push(['punctuation', punctuation]);
    else if (string !== undefined) tokens.push(['string', string]);
    else if (number !== undefined) tokens.push(['number', number]);
    else tokens.push(['word', word ?? '']);
  }
  return tokens;
}

function valueAt(reader: TokenReader, depth: number): string | null {
  const token = reader.tokens[reader.at];
  if (token === undefined || depth > MAX_DEPTH) return null;
  reader.at += 1;
  const [kind, text] = token;
  switch (kind) {
    case 'word':
      return text;
    case 'number':
      return normalDecimal(text);
    case 'string':
      return normalString(text);
    case 'punctuation':
      if (text === '[') return arrayAt(reader, depth);
      return text === '{' ? objectAt(reader, depth) : null;
  }
}

function normalString(text: string): string {
  return text.includes('\\') ? JSON.stringify(JSON.parse(text)) : text;
}

function takes(reader: TokenReader, punctuation: string): boolean {
  const token = reader.tokens[reader.at];
  if (token?.[0] !== 'punctuation' || token[1] !== punctuation) return false;
  reader.at += 1;
  return true;
}

function arrayAt(reader: TokenReader, depth: number): string | null {
  const items: string[] = [];
  if (takes(reader, ']')) return '[]';
  do {
    const item = valueAt(reader, depth + 1);
    if (item === null) return null;
    items.push(item);
  } while (takes(reader, ','));
  return takes(reader, ']') ? `[${items.join(',')}]` : null;
}

function objectAt(reader: TokenReader, depth: number): string | null {
  const members = new Map<string, string>();
  if (takes(reader, '}')) return '{}';
  do {
    const name = reader.tokens[reader.at];
    if (name?.[0] !== 'string') return null;
    reader.at += 1;
    if (!takes(reader, ':')) return null;
    const value = valueAt(reader, depth + 1);
    if (value === null) return null;
    members.set(normalString(name[1]), value);
  } while (takes(reader, ','));
  if (!takes(reader, '}')) return null;
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `${name}:${value}`).join(',')}}`;
}
