/**
 * Waits for `promise`, but no longer than until `signal` is aborted; then rejects with its reason. For callees that may
 * not listen to the signal themselves. Leaves no listener behind.
 */
export function abortable<Value>(promise: PromiseLike<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    const release = (): void => signal.removeEventListener('abort', stop)
    promise.then(
      (value) => {
        release()
        resolve(value)
      },
      (error: unknown) => {
        release()
        reject(error)
      },
    )
  })
}
