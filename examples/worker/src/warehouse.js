import { setTimeout } from 'node:timers/promises'

const RECEIPT_TIME = 500

/**
 * Stands for what takes time; Redis keeps count of what was done, and how often.
 *
 * @param {import('ioredis').Redis} client
 * @param {number} packingTime
 */
export function createWarehouse(client, packingTime) {
  return {
    /**
     * @param {string} order
     * @param {AbortSignal} signal
     */
    async pack(order, signal) {
      await setTimeout(packingTime, undefined, { signal })
      await client.hincrby('parcels', order, 1)
    },
    /** @param {string} order */
    async sendReceipt(order) {
      await setTimeout(RECEIPT_TIME)
      await client.hincrby('receipts', order, 1)
    },
  }
}
