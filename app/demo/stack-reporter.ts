import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { StackEvent, StackReporter } from '../../stack/stack-types.ts';

/** Turns what the launcher reports into lines; downloads say something every 25 MB at most. */
export function stackReporter(write: (line: string) => void): StackReporter {
  let announced = -Infinity;
  return (event) => {
    if (event.type === 'fetching') {
      if (event.megabytes - announced < 25) return;
      announced = event.megabytes;
    }
    write(lineOf(event));
  };
}

function lineOf(event: StackEvent): string {
  switch (event.type) {
    case 'fetching':
      return `fetching the stack's parts: ${event.files} files, ${Math.round(event.megabytes)} MB so far`;
    case 'preparing':
      return `preparing ${event.what}`;
    case 'fetched':
      return `fetched ${event.files} files, ${Math.round(event.megabytes)} MB, in ${Math.round(event.seconds)} s`;
    case 'waiting':
      return event.reason;
    case 'cleaned-up':
      return `cleaned up what an earlier run left behind: ${event.parts.join(', ')}`;
    case 'port-moved':
      return `port ${event.from} is taken: ${event.port} uses ${event.to}`;
    case 'part-starting':
      return `starting ${event.part}`;
    case 'part-ready':
      return `${event.part} is ready (${event.seconds.toFixed(1)} s)`;
    case 'part-stopped':
      return `${event.part} has stopped`;
    default:
      return unreachable(event);
  }
}
