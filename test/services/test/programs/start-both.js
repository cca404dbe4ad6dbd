import { startPostgres, startRedis } from '@tidegate/services'

const services = await Promise.all([startPostgres(), startRedis()])
// A server that hangs must not survive either.
await services[0].freeze()
process.stdout.write(JSON.stringify(services.map((service) => service.connection.port)))
// Held open until the test kills this process.
process.stdin.resume()
