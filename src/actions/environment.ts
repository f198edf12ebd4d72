import type { Ports } from '../ports.ts'

/**
 * Secrets that the runner gives to actions alone: inputs, and what speaks for the job at the forge's services. Programs
 * that an action starts would inherit them, and Nix hands variables on to builds that ask for them by name.
 * https://nix.dev/manual/nix/latest/language/advanced-attributes#adv-attr-impureEnvVars
 */
const HIDDEN = /^(?:INPUT_|ACTIONS_RUNTIME_TOKEN$|ACTIONS_ID_TOKEN_REQUEST_TOKEN$)/

/** The environment as programs may see it. What is exported later shows in it. */
export function outsideView(env: NodeJS.ProcessEnv): Ports['env'] {
  const isHidden = (name: string | symbol): boolean => typeof name === 'string' && HIDDEN.test(name)
  return new Proxy(env, {
    get: (target, name) => (isHidden(name) ? undefined : (Reflect.get(target, name) as unknown)),
    has: (target, name) => !isHidden(name) && Reflect.has(target, name),
    ownKeys: target => Reflect.ownKeys(target).filter(name => !isHidden(name)),
    getOwnPropertyDescriptor: (target, name) =>
      isHidden(name) ? undefined : Reflect.getOwnPropertyDescriptor(target, name)
  })
}
