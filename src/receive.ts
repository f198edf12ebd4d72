/** Entry of the threads that receive layers (`seed/mount/receiving`). */
import { parentPort } from 'node:worker_threads'
import { serveReceiving } from './seed/mount/receiving.ts'

if (parentPort === null) throw new Error('this is no program of its own')
serveReceiving(parentPort)
