/** The part of Deno's global that the programs of this folder use: they run in Deno, and are checked with Node's types. */
interface DenoGlobal {
  readonly args: readonly string[]
  readonly internal: symbol
  readonly stdin: { readonly readable: ReadableStream<Uint8Array> }
  readonly stdout: { writeSync(bytes: Uint8Array): number }
  readonly stderr: { writeSync(bytes: Uint8Array): number }
  readonly permissions: { revoke(permission: { readonly name: string }): Promise<unknown> }
  readFileSync(path: string): Uint8Array
  writeFileSync(path: string, bytes: Uint8Array, options?: { readonly createNew?: boolean }): void
  exit(code: number): never
}

/** Deno, as a process finds it before a program can have changed it. */
export const deno: DenoGlobal = (globalThis as unknown as { readonly Deno: DenoGlobal }).Deno

/** Gives up rights that were needed to start: nothing gets them back in this process. */
export async function revoke(...names: readonly string[]): Promise<void> {
  for (const name of names) await deno.permissions.revoke({ name })
}
