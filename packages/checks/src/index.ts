export type { LocalCheckOptions, RemoteCheckOptions } from './check-options.ts'
export { disk } from './disk.ts'
export type { DiskOptions } from './disk.ts'
export { dns } from './dns.ts'
export type { DnsOptions, DnsRecordType } from './dns.ts'
export { eventLoop } from './event-loop.ts'
export type { EventLoopOptions } from './event-loop.ts'
export { fileDescriptors } from './file-descriptors.ts'
export type { FileDescriptorsOptions } from './file-descriptors.ts'
export { http } from './http.ts'
export type { HttpOptions } from './http.ts'
export { memory } from './memory.ts'
export type { MemoryOptions } from './memory.ts'
export { tcp } from './tcp.ts'
export type { TcpOptions } from './tcp.ts'
export { threadPool } from './thread-pool.ts'
export type { ThreadPoolOptions } from './thread-pool.ts'
export { tlsCertificate } from './tls-certificate.ts'
export type {
  TlsCertificateAtHost,
  TlsCertificateFromFile,
  TlsCertificateGiven,
  TlsCertificateOptions,
} from './tls-certificate-options.ts'
