/** Tells a promise from a value, so that a value need not wait for the next tick. */
export function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  if (typeof value !== 'object' || value === null) return false
  return value instanceof Promise || typeof (value as { readonly then?: unknown }).then === 'function'
}
