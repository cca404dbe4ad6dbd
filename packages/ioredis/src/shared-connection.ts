import type { OwnConnection } from './own-connection.ts'

/** One connection for all who use one at a time. */
export interface SharedConnection {
  /** To be closed by whoever took it; the last one closes it for all. */
  take(): OwnConnection
}

/** @param open Called for the first who takes it, and again after the last one has closed it. */
export function createSharedConnection(open: () => OwnConnection): SharedConnection {
  const users = new Set<object>()
  let connection: OwnConnection | undefined
  return {
    take() {
      const shared = (connection ??= open())
      const user: OwnConnection = {
        ask: (question, signal) => shared.ask(question, signal),
        close() {
          if (!users.delete(user) || users.size > 0) return
          shared.close()
          connection = undefined
        },
      }
      users.add(user)
      return user
    },
  }
}
