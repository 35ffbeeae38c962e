import { crc32 } from 'node:zlib';

const BLOCK = /BINLOG '\n([^']*)'/g;
const TABLE_MAP = 0x13;
const HEADER = 19;
const LENGTH_AT = 9;
const TYPE_AT = 4;
/** Behind the header: the number of the table, six bytes, and flags, two. */
const NAME_AT = HEADER + 8;
const CHECKSUM = 4;

/**
 * A recorded binary log, played into a database of another name: in the statements, and in the events that say which table
 * the rows are of. Both names are equally long, so that every place in an event stays where it is.
 */
export function playedInto(script: string, from: string, to: string): string {
  if (from.length !== to.length) throw new RangeError('the names must be equally long');
  return script
    .replaceAll(new RegExp(`\\b${from}\\b`, 'g'), to)
    .replaceAll(BLOCK, (_, lines: string) => `BINLOG '\n${renamed(lines, from, to)}'`);
}

function renamed(lines: string, from: string, to: string): string {
  const bytes = Buffer.concat(lines.split('\n').map((line) => Buffer.from(line, 'base64')));
  const events: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const event = bytes.subarray(at, at + bytes.readUInt32LE(at + LENGTH_AT));
    const length = event[NAME_AT] ?? 0;
    const name = event.subarray(NAME_AT + 1, NAME_AT + 1 + length);
    if (event[TYPE_AT] === TABLE_MAP && name.toString() === from) {
      name.write(to);
      const content = event.subarray(0, -CHECKSUM);
      event.writeUInt32LE(crc32(content), content.length);
    }
    events.push(`${event.toString('base64').replaceAll(/.{76}/g, '$&\n').trimEnd()}\n`);
    at += event.length;
  }
  return events.join('');
}
