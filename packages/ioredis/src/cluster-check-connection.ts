import type { CheckResult } from '@tidegate/core'
import type { Cluster } from 'ioredis'

import { createCheckConnection } from './check-connection.ts'
import type { CheckConnection } from './check-connection.ts'
import { mastersOf } from './cluster-masters.ts'
import { clusterInquiry } from './inquiry.ts'

/** A master that has not answered by then may have been replaced, which the client learns only when it uses it. */
const REFRESH_AFTER_MS = 1_000

/** Asks every master that the client knows of. */
export function createClusterCheckConnection(cluster: Cluster): CheckConnection {
  const members = new Map<string, CheckConnection>()

  function follow(): void {
    const masters = mastersOf(cluster)
    for (const [address, member] of members) {
      if (masters.has(address)) continue
      members.delete(address)
      member.close()
    }
    for (const [address, redis] of masters) {
      if (!members.has(address)) members.set(address, createCheckConnection(redis, clusterInquiry))
    }
  }

  /** As ioredis does itself after MOVED and lost connections: a service that sends nothing would never hear of it. */
  function refresh(): void {
    cluster.refreshSlotsCache(follow)
  }

  async function ofEach<Answer>(ask: (member: CheckConnection, address: string) => Promise<Answer>): Promise<Answer[]> {
    follow()
    return Promise.all([...members].map(([address, member]) => ask(member, address)))
  }

  return {
    async ask(context) {
      const late = setTimeout(refresh, REFRESH_AFTER_MS)
      const answers = await ofEach(async (member, address) => ({ address, ...(await member.ask(context)) }))
      clearTimeout(late)
      // Those that are no longer members were replaced while they were asked.
      const worse = answers.filter(({ address, status }) => status !== 'pass' && members.has(address))
      if (worse.some(({ status }) => status === 'fail')) refresh()
      return answers.length === 0 ? NO_SLOTS : summary(answers.length, worse)
    },
    async loadedPercent(signal) {
      const answers = await ofEach((member) => member.loadedPercent(signal).catch(() => undefined))
      const percents = answers.filter((percent) => percent !== undefined)
      return percents.length === 0 ? undefined : Math.min(...percents)
    },
    async load(script, signal) {
      await ofEach((member) => member.load(script, signal))
    },
    close() {
      for (const member of members.values()) member.close()
      members.clear()
    },
  }
}

const NO_SLOTS: CheckResult = Object.freeze({
  status: 'fail',
  message: 'the client does not know which nodes serve the slots of its Cluster',
})

interface MasterResult extends CheckResult {
  readonly address: string
}

function summary(masters: number, worse: readonly MasterResult[]): CheckResult {
  const fails = worse.filter(({ status }) => status === 'fail')
  const [first] = fails.length > 0 ? fails : worse
  if (first === undefined) return { status: 'pass' }
  const { address, status, message, data } = first
  const count = status === 'fail' ? fails.length : worse.length
  return { status, message: `${count} of ${masters} masters: ${address}: ${message}`, ...(data ? { data } : {}) }
}
