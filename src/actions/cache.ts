import * as cache from '@actions/cache'
import * as core from '@actions/core'
import type { FileCache } from '../runner.ts'

/** The cache of GitHub Actions. What goes wrong with it is told and done without. */
export function actionsCache(): FileCache {
  return {
    available: cache.isFeatureAvailable(),
    restore: async (paths, key) => {
      try {
        return (await cache.restoreCache([...paths], key)) !== undefined
      } catch (error) {
        core.info(`The Actions cache could not be read: ${messageOf(error)}`)
        return false
      }
    },
    save: async (paths, key) => {
      try {
        await cache.saveCache([...paths], key)
      } catch (error) {
        core.info(`The Actions cache could not be written: ${messageOf(error)}`)
      }
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
