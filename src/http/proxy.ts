import { BlockList, isIP } from 'node:net'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'

/** Whether `hostname` (as in URL.hostname) is this machine by name: localhost, 127.0.0.0/8 or [::1]. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
}

function variable(env: Ports['env'], name: string): string {
  return (env[name.toLowerCase()] ?? env[name] ?? '').trim()
}

/** Proxies in the form that Node's agents read; a proxy without a scheme is an http one, as for curl and Go. */
export function readProxies(env: Ports['env']): Record<string, string> {
  const proxies: Record<string, string> = {}
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) {
    const value = variable(env, name)
    if (value === '') continue
    const url = /^\w+:\/\//.test(value) ? value : `http://${value}`
    if (!/^https?:/i.test(url) || !URL.canParse(url)) {
      throw new SeedError('USAGE', `${name} names no http or https proxy`, { resource: url })
    }
    proxies[name] = url
  }
  return proxies
}

/**
 * Whether requests to `url` go through a proxy. Read as Go programs read it, so that docker, skopeo and this client
 * agree: a name covers its subdomains, `.name` only those, addresses may be ranges, and loopback never goes to a proxy.
 */
export function usesProxy(url: URL, env: Ports['env']): boolean {
  if (!variable(env, url.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY') || isLoopback(url.hostname)) return false
  const port = url.port || (url.protocol === 'http:' ? '80' : '443')
  const exceptions = variable(env, 'NO_PROXY').split(',')
  return !exceptions.some(exception => isException(exception.trim().toLowerCase(), url.hostname, port))
}

function isException(exception: string, hostname: string, port: string): boolean {
  if (!exception) return false
  if (exception === '*') return true
  const [, name = exception, onlyPort] =
    /^(.*?)(?::(\d+))?$/.exec(exception.replace(/^(?![[])(.*:.*:.*)$/, '[$1]')) ?? []
  if (onlyPort !== undefined && onlyPort !== port) return false
  const address = hostname.replace(/^\[|\]$/g, '')
  const [network = '', prefix] = name.replace(/^\[|\]$/g, '').split('/')
  const family = isIP(network)
  if (family !== 0) return isIP(address) === family && isInRange(address, network, family, prefix)
  const suffix = name.replace(/^\*?\./, '.')
  return suffix.startsWith('.') ? hostname.endsWith(suffix) : hostname === suffix || hostname.endsWith(`.${suffix}`)
}

function isInRange(address: string, network: string, family: number, prefix?: string): boolean {
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix)
  if (!(bits >= 0 && bits <= (family === 4 ? 32 : 128))) return false
  const range = new BlockList()
  range.addSubnet(network, bits, type)
  return range.check(address, type)
}
