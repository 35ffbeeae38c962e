import { decimalOfUnits, withoutExponent } from '../../schemas/dsl/decimal-text.ts';
import { readJavaStream } from './java-stream.ts';
import type { JavaContent, JavaObject } from './java-stream.ts';
import { Unreadable } from './value.ts';
import type { Value } from './value.ts';

/**
 * The value of a serialized Java object of a class that amounts and lines are kept in: BigDecimal, BigInteger, String, Boolean,
 * Byte, Short, Integer, Long, Double, and lists and maps of these. Throws {@link Unreadable}.
 */
export function readJavaValue(bytes: Uint8Array): Value {
  return valueOf(readJavaStream(bytes));
}

/** More digits than a double has, written out; and no sum of money. */
const MOST_DIGITS = 1_100;

type Reader = (object: JavaObject) => Value;

const CLASSES: Readonly<Record<string, Reader>> = {
  'java.lang.Boolean': ({ fields }) => {
    const value = fields.get('value');
    if (typeof value !== 'boolean') throw new Unreadable('a Boolean without a value');
    return value;
  },
  ...Object.fromEntries(
    ['Byte', 'Short', 'Integer', 'Long', 'Double'].map((name) => [`java.lang.${name}`, numberText]),
  ),
  'java.math.BigInteger': (object) => integerOf(object).toString(),
  'java.math.BigDecimal': decimalText,
  'java.util.ArrayList': (object) => listOf(object, object.fields.get('size')),
  'java.util.LinkedList': (object) => listOf(object, leadingInt(object)),
  'java.util.Arrays$ArrayList': ({ fields }) => {
    const array = fields.get('a');
    if (!isKind(array, 'array')) throw new Unreadable('a list without an array');
    return array.items.map(valueOf);
  },
  'java.util.HashMap': mapOf,
  'java.util.LinkedHashMap': mapOf,
  // List.of and Map.of
  'java.util.CollSer': (object) => {
    const { written, fields } = object;
    const length = leadingInt(object);
    if (fields.get('tag') === 3) return entriesOf(written.slice(1), length / 2);
    // A set, tag 2, has no order.
    if (fields.get('tag') === 2) throw new Unreadable('a set');
    return listOf(object, length);
  },
};

/** An object that is referred to many times is read once: lists of the same list twice would double with each level. */
const values = new WeakMap<JavaObject, Value>();

function valueOf(content: JavaContent): Value {
  if (content === null || typeof content === 'string') return content;
  if (!isKind(content, 'object')) throw new Unreadable('bytes or an array where an object belongs');
  const value = values.get(content) ?? readerOf(content)(content);
  values.set(content, value);
  return value;
}

function readerOf(content: JavaObject): Reader {
  const reader = Object.hasOwn(CLASSES, content.className) ? CLASSES[content.className] : undefined;
  if (reader === undefined) throw new Unreadable(`an object of ${content.className}`);
  return reader;
}

function isKind<K extends 'object' | 'array'>(
  content: unknown,
  kind: K,
): content is Extract<JavaContent, { readonly kind: K }> {
  return typeof content === 'object' && content !== null && 'kind' in content && content.kind === kind;
}

function numberText({ className, fields }: JavaObject): string {
  const value = fields.get('value');
  // The shortest text that means this double.
  const text = typeof value === 'number' || typeof value === 'bigint' ? withoutExponent(String(value)) : null;
  if (text === null) throw new Unreadable(`a ${className} without a number`);
  return text;
}

function integerOf({ fields }: JavaObject): bigint {
  const [signum, magnitude] = [fields.get('signum'), fields.get('magnitude')];
  if (!(magnitude instanceof Uint8Array) || magnitude.length > MOST_DIGITS)
    throw new Unreadable('a BigInteger without digits');
  const units = BigInt(`0x0${Buffer.from(magnitude).toString('hex')}`);
  if (signum === 0 && units === 0n) return 0n;
  if ((signum === 1 || signum === -1) && units !== 0n) return BigInt(signum) * units;
  throw new Unreadable('a BigInteger whose sign and digits differ');
}

function decimalText({ fields }: JavaObject): string {
  const [scale, units] = [fields.get('scale'), fields.get('intVal')];
  if (typeof scale !== 'number' || !isKind(units, 'object') || units.className !== 'java.math.BigInteger')
    throw new Unreadable('a BigDecimal without digits');
  if (Math.abs(scale) > MOST_DIGITS) throw new Unreadable('a BigDecimal of too many digits');
  const integer = integerOf(units);
  return scale < 0 ? (integer * 10n ** BigInt(-scale)).toString() : decimalOfUnits(integer, scale);
}

/** What `writeObject` wrote first. */
function leadingInt({ className, written }: JavaObject): number {
  const [block] = written;
  if (!(block instanceof Uint8Array) || block.length !== 4)
    throw new Unreadable(`a ${className} without a size`);
  return Buffer.from(block).readInt32BE();
}

/** A list writes a number, and then its elements. */
function listOf({ className, written }: JavaObject, size: unknown): readonly Value[] {
  const [block, ...elements] = written;
  if (!(block instanceof Uint8Array) || block.length !== 4 || elements.length !== size)
    throw new Unreadable(`a ${className} of another size`);
  return elements.map(valueOf);
}

/** A map writes how many buckets and entries it has, and then keys and values in turn. */
function mapOf({ className, written }: JavaObject): ReadonlyMap<string, Value> {
  const [block, ...elements] = written;
  if (!(block instanceof Uint8Array) || block.length !== 8)
    throw new Unreadable(`a ${className} without a size`);
  return entriesOf(elements, Buffer.from(block).readInt32BE(4));
}

function entriesOf(elements: readonly JavaContent[], size: number): ReadonlyMap<string, Value> {
  if (elements.length !== 2 * size) throw new Unreadable('a map of another size');
  const entries = new Map<string, Value>();
  for (let at = 0; at < elements.length; at += 2) {
    const [key, value = null] = elements.slice(at, at + 2);
    if (typeof key !== 'string' || entries.has(key)) throw new Unreadable('a map with a key that is no text');
    entries.set(key, valueOf(value));
  }
  return entries;
}
