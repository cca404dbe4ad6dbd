import { startHaproxy, startNginx, startPostgres, startRedis } from '@tidegate/services'

const servers = { 'shop-1': 9 }
const services = await Promise.all([startPostgres(), startRedis(), startHaproxy({ servers }), startNginx({ servers })])
// A server that hangs must not survive either.
await services[0].freeze()
process.stdout.write(JSON.stringify(services.map((service) => service.connection.port)))
// Held open until the test kills this process.
process.stdin.resume()
