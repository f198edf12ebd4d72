/** Entry of the threads that unpack layers (`seed/unpacker`). */
import { parentPort } from 'node:worker_threads'
import { serveUnpacking } from './seed/unpacker.ts'

if (parentPort === null) throw new Error('this is no program of its own')
serveUnpacking(parentPort)
