import { expect, it } from 'vitest'

import { readHaproxyLog, readNginxLog } from './front-log.ts'

it('reads the log of HAProxy', () => {
  const refused =
    '127.0.0.1:41 [25/Nov/2026:20:25:23.395] web shop/shop-1 0/0/-1/-1/0 503 217 - - SC-- 26/26/9/2/0 0/0 "POST /2-126 HTTP/1.1"'
  const log = [
    '127.0.0.1:40 [25/Nov/2026:20:21:54.871] web shop/shop-1 0/0/0/9/9 200 403 - - ---- 24/24/7/1/0 0/0 "POST /1-176 HTTP/1.1"',
    refused,
    '127.0.0.1:42 [25/Nov/2026:20:21:55.871] web shop/shop-2 0/0/0/9/9 200 403 - - ---- 24/24/7/1/+1 0/0 "POST /3-176 HTTP/1.1"',
    'Server shop/shop-1 is DOWN, reason: Layer7 wrong status, code: 503',
    '',
  ].join('\n')
  expect(readHaproxyLog(log)).toEqual({ posts: 3, triedElsewhere: 1, failed: [refused] })
})

it('reads the log of nginx', () => {
  const failed = '1795638130.169 0.001 "POST /2-107 HTTP/1.1" 502 tried "127.0.0.1:24864" said "502"'
  const log = [
    '1795638130.069 0.001 "POST /1-107 HTTP/1.1" 200 tried "127.0.0.1:24864, 127.0.0.1:27591" said "502, 200"',
    failed,
    '1795638130.157 0.003 "POST /3-172 HTTP/1.1" 200 tried "127.0.0.1:27591" said "200"',
    '',
  ].join('\n')
  expect(readNginxLog(log)).toEqual({ posts: 3, triedElsewhere: 1, failed: [failed] })
})
