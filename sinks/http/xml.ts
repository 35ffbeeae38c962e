import type { Member, Tree } from './tree.ts';
import { unwritable } from './tree.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';

const NIL = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/**
 * XML 1.0: a member is an element, a list an element around one for each item, null an `xsi:nil`. Throws ROW_REJECTED for
 * text with a character that XML cannot hold, naming the element.
 */
export function writeXml(root: string, tree: Tree): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element({ name: root, value: tree }, ` ${NIL}`)}`;
}

function element({ name, value }: Member, attributes = ''): string {
  const tag = elementName(name);
  if (value.kind === 'null') return `<${tag}${attributes} xsi:nil="true"/>`;
  return `<${tag}${attributes}>${content(name, value)}</${tag}>`;
}

function content(name: string, value: Exclude<Tree, { kind: 'null' }>): string {
  switch (value.kind) {
    case 'boolean':
      return value.value ? 'true' : 'false';
    case 'number':
      return value.digits;
    case 'text':
    case 'json':
      return escaped(name, value.text);
    case 'object':
      return value.members.map((member) => element(member)).join('');
    case 'list':
      return value.items.map((item) => element({ name: value.item, value: item })).join('');
    default:
      return unreachable(value);
  }
}

// What is not in the production Char of XML 1.0; unpaired surrogates among it.
const ILLEGAL = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
/** A reader turns a carriage return into a line feed unless it is written as a reference. */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

function escaped(name: string, text: string): string {
  if (ILLEGAL.test(text)) throw unwritable(`${name} holds a character that XML cannot hold`);
  return text.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}

/** Letters that XML takes for none are `ª`, `µ` and `º`. */
const LETTER = /^(?![ªµº])[\p{L}_]$/u;
const LATER = /^[-.0-9]$/;

/** As SQL/XML maps identifiers: a character that a name had better not have becomes `_x`, its code point in hex, and `_`. */
export function elementName(name: string): string {
  let at = 0;
  return Array.from(name, (character) => {
    const fits = LETTER.test(character) || (at > 0 && LATER.test(character));
    const looksMapped = name.startsWith('_x', at);
    at += character.length;
    if (fits && !looksMapped) return character;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `_x${code.padStart(4, '0')}_`;
  }).join('');
}
