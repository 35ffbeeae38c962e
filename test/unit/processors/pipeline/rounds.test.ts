import { runRounds } from '../../../../processors/pipeline/rounds.ts';
import { CounterfoilError } from '../../../../schemas/contract/errors.ts';

/** Plays rounds by this plan, a code for each that fails, and tells what happened. */
async function play(plan: readonly ('TARGET_CONFLICT' | 'INTERNAL' | 'ok')[]): Promise<string[]> {
  const told: string[] = [];
  const stop = new AbortController();
  let at = 0;
  const work = {
    prepare: () => {
      told.push('prepare');
      return Promise.resolve();
    },
    round: () => {
      const step = plan[at++];
      if (step === undefined) {
        stop.abort();
        return Promise.resolve();
      }
      told.push(step === 'ok' ? 'round' : 'fails');
      return step === 'ok' ? Promise.resolve() : Promise.reject(new CounterfoilError(step, 'as planned'));
    },
  };
  const states = {
    is: (state: string) => void told.push(state),
    retries: (_: CounterfoilError, attempt: number) => void told.push(`attempt ${attempt.toString()}`),
  };
  const retriable = ({ code }: CounterfoilError) => code === 'TARGET_CONFLICT';
  await runRounds(work, { ...{ states, retriable }, signal: stop.signal, pauseMs: 0 }).catch(
    (error: unknown) => {
      if (error instanceof CounterfoilError) told.push(error.code);
    },
  );
  return told;
}

test('it prepares once, and goes from round to round', async () => {
  expect(await play(['ok', 'ok', 'ok'])).toEqual(['prepare', 'running', 'round', 'round', 'round']);
});

test('attempts are counted anew after a round that succeeds, which also says that it runs again', async () => {
  expect(await play(['ok', 'TARGET_CONFLICT', 'ok', 'TARGET_CONFLICT', 'ok'])).toEqual([
    ...['prepare', 'running', 'round'],
    ...['fails', 'attempt 1', 'prepare', 'round', 'running'],
    ...['fails', 'attempt 1', 'prepare', 'round', 'running'],
  ]);
});

test('what is not retriable ends it', async () => {
  expect(await play(['ok', 'INTERNAL', 'ok'])).toEqual(['prepare', 'running', 'round', 'fails', 'INTERNAL']);
});
