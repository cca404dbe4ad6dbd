import { Stage } from '../server/stage.ts'
import { Http2Client } from './http2-client.ts'

/** The stage of the server suite, for clients that speak HTTP/2. */
export class Http2Stage extends Stage {
  async openSession(): Promise<Http2Client> {
    return this.keep(await Http2Client.open(this.address))
  }
}
