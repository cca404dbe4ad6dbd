/** What a socket of the service to itself says of where it is: no port is 0. */
export const SELF_ADDRESS = {
  remoteAddress: '127.0.0.1',
  remoteFamily: 'IPv4',
  remotePort: 0,
  localAddress: '127.0.0.1',
  localFamily: 'IPv4',
  localPort: 0,
  address: (): object => ({ address: '127.0.0.1', family: 'IPv4', port: 0 }),
}
