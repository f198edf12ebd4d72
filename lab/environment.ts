import { delimiter, dirname } from 'node:path'
import { SYSTEM_PATH } from './tools.ts'

/** Variables that name a file of certificates. */
export const CA_VARIABLES = [
  'SSL_CERT_FILE',
  'NIX_SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'REQUESTS_CA_BUNDLE'
]

/** What speaks of the machine's own folders, libraries, daemons and locales, which are not those of the lab. */
const MACHINE_ONLY =
  /^(TMPDIR|XDG_.*|LD_.*|LC_.*|DOCKER_.*|CONTAINER_HOST|SUDO_.*|NIX_(?!SSL_CERT_FILE$|SEED_).*|_|OLDPWD)$/
const PROXY = /^(https?|all|no|ftp)_proxy$/i

/**
 * The environment of a command in the lab: that of the machine, with proxies and certificates, less what would mislead.
 *
 * @param node the Node.js binary that is `node` inside
 */
export function insideEnv(
  env: NodeJS.ProcessEnv,
  options: { network: 'none' | 'host'; node: string; lab: string }
): NodeJS.ProcessEnv {
  // Without a network a proxy can only get in the way of loopback.
  const kept = (name: string) => !MACHINE_ONLY.test(name) && (options.network === 'host' || !PROXY.test(name))
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => kept(name))),
    PATH: `${dirname(options.node)}${delimiter}${SYSTEM_PATH}`,
    HOME: '/root',
    USER: 'root',
    LOGNAME: 'root',
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
    NIX_SEED_LAB: options.lab
  }
}
