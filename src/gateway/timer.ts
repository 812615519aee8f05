/** Calls back once after so many milliseconds, unless the returned function is called before. */
export type StartTimer = (callback: () => void, ms: number) => () => void;

export const systemTimer: StartTimer = (callback, ms) => {
  const timer = setTimeout(callback, ms);
  return () => {
    clearTimeout(timer);
  };
};

/** Waits; an abort ends the wait early. */
export function sleep(ms: number, signal: AbortSignal, startTimer: StartTimer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = startTimer(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
