import { access, chmod, constants } from 'node:fs/promises'
import { systemCode } from './errors.ts'
import { sudo } from './place.ts'
import type { Ports } from './ports.ts'

/**
 * Lets builds use hardware virtualization: hosted runners have the device, but only root may open it there.
 *
 * @returns `ready` if it could be used before, `enabled` if it can be used now, `refused` if it still cannot, `absent`
 *   where there is none. Never throws, since builds without virtual machines need none of it.
 */
export async function enableKvm(
  ports: Ports,
  device = '/dev/kvm'
): Promise<'enabled' | 'ready' | 'absent' | 'refused'> {
  const before = await isUsable(device)
  if (before !== 'refused') return before
  try {
    if (process.getuid?.() === 0) await chmod(device, 0o666)
    else await sudo(['chmod', '0666', device], ports)
  } catch (error) {
    ports.log.debug(`${device} stays closed: ${error instanceof Error ? error.message : String(error)}`)
  }
  return (await isUsable(device)) === 'ready' ? 'enabled' : 'refused'
}

async function isUsable(device: string): Promise<'ready' | 'absent' | 'refused'> {
  try {
    await access(device, constants.R_OK | constants.W_OK)
    return 'ready'
  } catch (error) {
    const code = systemCode(error)
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'refused'
  }
}
