import type { Tree } from './tree.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';

/**
 * JSON with every digit of its numbers, which `JSON.stringify` would round. `wideNumbers` says what is done with decimals
 * and 64-bit integers, which many readers would round in their turn.
 */
export function writeJson(tree: Tree, wideNumbers: 'strings' | 'numbers'): string {
  const write = (part: Tree): string => {
    switch (part.kind) {
      case 'null':
        return 'null';
      case 'boolean':
        return part.value ? 'true' : 'false';
      case 'number':
        return part.wide && wideNumbers === 'strings' ? `"${part.digits}"` : part.digits;
      case 'text':
        return JSON.stringify(part.text);
      case 'json':
        return part.text;
      case 'object':
        return `{${part.members.map(({ name, value }) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
      case 'list':
        return `[${part.items.map(write).join(',')}]`;
      default:
        return unreachable(part);
    }
  };
  return write(tree);
}
