/**
 * Waits for `promise`, but no longer than until `signal` is aborted; then throws its reason. For callees that may not
 * listen to the signal themselves. Leaves no listener behind.
 */
export async function abortable<Value>(promise: PromiseLike<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted()
  let stop = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
