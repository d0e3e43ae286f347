import { setTripwire } from './tripwire.ts'

// Loaded in front of a program, as in `node --import ./test/blocked-network.ts main.ts`: refuses every connection, and
// fails the program at its end if there was one that it got over.
const { refused } = setTripwire(() => false)

process.on('exit', () => {
  if (refused.length === 0) return
  console.error(`The network is blocked, and these were to be reached: ${refused.join(', ')}`)
  process.exitCode = 1
})
