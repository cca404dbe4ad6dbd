import { endAnswered } from './end-answered.ts'
import type { Traffic } from './traffic.ts'

const STEP_MS = 50

/**
 * Node sometimes forgets to end an HTTP/2 session that has been told to close while its last frames were on their way.
 * What is told to close and has no stream left is ended here; what it still has to send goes out first. What has closed
 * unheard is forgotten. A stream whose answer is out waits for its upload as long as the linger. Returns what stops it.
 */
export function sweepConnections(traffic: Traffic, lingerMs: number): () => void {
  const timer = setInterval(() => {
    traffic.forgetClosed()
    for (const { session, streams } of traffic.connections) {
      if (streams !== undefined) endAnswered(streams, lingerMs)
      if (session?.closed && !session.destroyed && (streams === undefined || streams.size === 0)) session.destroy()
    }
  }, STEP_MS)
  return () => clearInterval(timer)
}
