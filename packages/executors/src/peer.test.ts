import { expect, test } from 'vitest'
import { CodeExecutorError } from 'conversable'
import { loadPeer } from './peer.ts'

test('a package that is not installed is an error that says how to install it', async () => {
  const name = 'no-such-package-of-anybody'
  const loaded = loadPeer(name, 'An executor', () => import(name))

  await expect(loaded).rejects.toThrow(CodeExecutorError)
  await expect(loaded).rejects.toThrow(
    /^An executor needs the package no-such.*Run: npm install no-such-package-of-anybody$/s,
  )
})
