const BOTH_CASES = Object.freeze(['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'GRPC_PROXY', 'FTP_PROXY', 'NO_PROXY'])

/** What sandbox-runtime puts into the environment of programs, beside their own. */
const NAMES: readonly string[] = Object.freeze([
  'RSYNC_PROXY',
  'DOCKER_HTTP_PROXY',
  'DOCKER_HTTPS_PROXY',
  'GIT_SSH_COMMAND',
  'SRT_SSH_PROXY_COMMAND',
  'GIT_CONFIG_PARAMETERS',
  'JAVA_TOOL_OPTIONS',
  'CLAUDE_CODE_HOST_HTTP_PROXY_PORT',
  'CLAUDE_CODE_HOST_SOCKS_PROXY_PORT',
  ...BOTH_CASES.flatMap((name) => [name, name.toLowerCase()]),
  ...['TYPE', 'ADDRESS', 'PORT', 'USERNAME', 'PASSWORD'].map((name) => `CLOUDSDK_PROXY_${name}`),
])

/** Those that name the proxy by which hosts are reached. The last is what the others are made of. */
const PROXIES = Object.freeze(['HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY'])

/** The commands of a shell that make of these variables what a program needs to reach these hosts, and no more. */
export function proxyCommands(allowed: readonly string[], isLinux: boolean): string {
  // Where nothing can be reached, programs see that at once instead of asking.
  if (allowed.length === 0) return `unset ${NAMES.join(' ')}; `
  // Programs are told to reach such hosts without the proxy, and there is no other way.
  const hidden = allowed.some(isLocal) ? 'unset NO_PROXY no_proxy; ' : ''
  // Inside there is nothing that knows where `localhost` is.
  const proxy = PROXIES.map((name) => `${name}="\${HTTP_PROXY%@*}@127.0.0.1:3128"; `).join('')
  return isLinux ? hidden + proxy : hidden
}

function isLocal(host: string): boolean {
  return /^(?:localhost\b|\[?::1|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(host)
}
