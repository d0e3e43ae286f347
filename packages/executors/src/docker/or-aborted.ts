/** Waits for a promise, or until the signal is aborted: then there is nothing, and what was begun goes on. */
export async function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  let abort = (): void => {}
  const aborted = new Promise<undefined>((resolve) => {
    abort = () => resolve(undefined)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
