// Run as a process of its own by stack.test.ts, which kills it: starts a stack, attached, and tells what happens to it
// as lines of JSON.
import { startStack } from '../../stack/launcher.ts';

const directory = process.argv[2] ?? '';
const tell = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};
const stack = await startStack({ directory, environment: process.env, mode: 'attached', durable: false });
stack.onPartExit((exit) => {
  tell({ type: 'exit', ...exit });
});
tell({ type: 'up', addresses: stack.addresses });
// Lives until it is killed.
setInterval(() => undefined, 60_000);
