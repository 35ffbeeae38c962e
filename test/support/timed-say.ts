const started = Date.now();

/** A line of a long piece of work, behind the seconds since its start. */
export function say(line: string): void {
  const seconds = Math.round((Date.now() - started) / 1_000);
  process.stdout.write(`${seconds.toString().padStart(5)} s  ${line}\n`);
}
