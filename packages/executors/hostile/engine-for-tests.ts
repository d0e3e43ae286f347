import { existsSync } from 'node:fs'

/** Where `scripts/start-docker-for-tests.sh` starts an engine, and the image that it makes. */
const OWN = Object.freeze({ socket: '/var/tmp/conversable-docker/docker.sock', image: 'conversable-test' })

/**
 * Which engine and image tests are run with: those that `DOCKER_HOST` or `CONTAINER_HOST` and `EXECUTORS_TEST_IMAGE` name,
 * or an engine where it usually is, or that of the script.
 */
export function engineForTests(name: string): { readonly socket?: string; readonly image?: string } {
  const image = process.env['EXECUTORS_TEST_IMAGE']
  const asUsual = image === undefined ? {} : { image }
  if (name !== 'docker' || process.env['DOCKER_HOST'] || existsSync('/var/run/docker.sock')) return asUsual
  return existsSync(OWN.socket) ? { ...OWN, ...asUsual } : asUsual
}
