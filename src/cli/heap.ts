import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 throw away what is short-lived while there is little of it. In work that goes over thousands of small things, it
 * would let that grow to more than 100 MB before it looks, and is no quicker for it. V8 reads this whenever it wants more
 * room, so that it may be set at any time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
