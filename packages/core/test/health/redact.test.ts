import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { LONGEST_MESSAGE, redact } from '../../src/health/redact.ts'

/** Errors as drivers and client libraries word them, with the credential they were seen to quote. */
const QUOTING: readonly ((secret: string) => string)[] = [
  (secret) => `connection to postgres://shop:${secret}@db.internal:5432/shop?sslmode=require failed`,
  (secret) => `Invalid connection string "postgresql://shop:${secret}@db.internal/shop"`,
  (secret) => `connect to redis://:${secret}@cache:6379/0 timed out`,
  (secret) => `MongoServerError: mongodb+srv://app:${secret}@cluster0.example.net: bad auth`,
  (secret) => `dial root:${secret}@tcp(10.0.0.7:3306)/shop: connection refused`,
  (secret) => `https://${secret}@registry.example.com/ answered 500`,
  (secret) => `missing "=" in connection string "host=db user=shop password=${secret}`,
  (secret) => `could not connect: host=db password='${secret}' dbname=shop`,
  (secret) => `could not connect: PGPASSWORD=${secret} psql -h db`,
  (secret) => `request failed: {"user":"shop","password":"${secret}","retries":3}`,
  (secret) => `request failed: {"auth":"${secret}"}`,
  (secret) => String.raw`body was "{\"apiKey\":\"${secret}\"}"`,
  (secret) => `{ host: 'db', user: 'shop', password: '${secret}', port: 5432 }`,
  (secret) => `401 from https://api.example.com/v1 with Authorization: Bearer ${secret}`,
  (secret) => `401 with authorization: Basic ${secret}`,
  (secret) => `GET https://api.example.com/v1?api_key=${secret}&page=2 answered 403`,
  (secret) => `GET https://maps.example.com/geo?key=${secret} answered 403`,
  (secret) => `refused: x-api-key: ${secret}`,
  (secret) => `sent cookie: theme=dark; session=${secret}`,
  (secret) => `ERR unknown command, sent AUTH default ${secret}`,
  (secret) => `ReplyError: WRONGPASS { command: { name: 'auth', args: [ 'default', '${secret}' ] } }`,
  (secret) => `AWS_SECRET_ACCESS_KEY=${secret} is not valid`,
  (secret) => `client_secret = ${secret} was rejected`,
  (secret) => `password "${secret}" was refused`,
  (secret) => `the client secret '${secret}' is not known`,
  (secret) => `invalid token ${secret}`,
  (secret) => `PGPASSWORD is ${secret}`,
  (secret) => `Incorrect API key provided: ${secret}. You can find your key in your account`,
  (secret) => `GET /login?next=%2Fcb%3Fclient_secret%3D${secret} answered 403`,
  (secret) => `POST https://hooks.slack.com/services/T0/B0/${secret} answered 404`,
  (secret) => `POST https://discord.com/api/webhooks/17/${secret} answered 404`,
  (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY----- is not a key`,
]

/** What a generated password may be made of; quotes and backslashes would have to be escaped by whoever quotes it. */
const secret = fc
  .string({ unit: fc.constantFrom(...'abcXYZ0189+/=_-.:!#$%^&*()?@'), minLength: 6, maxLength: 40 })
  // Marked, so that what is left of it cannot be a word of the message by chance.
  .map((text) => `q7${text}7q`)

function* pieces(text: string): Generator<string> {
  for (let start = 0; start + 5 <= text.length; start += 1) yield text.slice(start, start + 5)
}

describe('redact', () => {
  it.each(QUOTING.map((quote) => [quote('…'), quote] as const))('hides the credential in %s', (_, quote) => {
    fc.assert(
      fc.property(secret, (planted) => {
        const shown = redact(quote(planted))
        const rest = quote('')
        for (const piece of pieces(planted)) if (!rest.includes(piece)) expect(shown).not.toContain(piece)
      }),
    )
  })

  it('hides the credential however much text surrounds it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3_000 })
    fc.assert(
      fc.property(text, text, fc.constantFrom(...QUOTING), (before, after, quote) => {
        expect(redact(`${before} ${quote('q7hunter27q')} ${after}`)).not.toContain('hunter2')
      }),
    )
  })

  it('hides a credential that the cut of an overlong message would halve', () => {
    for (let padding = 1_980; padding < 2_060; padding += 1) {
      // What is hidden leaves the rest of the message short enough to be shown to its end.
      const long = `token=${'x'.repeat(padding)} postgres://shop:hunter2hunter2@db/shop`
      expect(redact(long)).not.toContain('hunter')
    }
  })

  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432',
    'password authentication failed for user "shop"',
    `Unexpected token '<', "<!doctype "... is not valid JSON`,
    'the token has expired 20 minutes ago',
    'password expired on 2026-01-01',
    'FATAL: sorry, too many clients already',
    'getaddrinfo ENOTFOUND cache.internal',
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'LOADING Redis is loading the dataset in memory',
    'https://api.example.com/v1/users?page=2 answered 503 in 20 ms',
    'Client network socket disconnected before secure TLS connection was established',
    'duplicate key value violates unique constraint "users_pkey": Key (id)=(5) already exists.',
  ])('leaves "%s" as it is', (message) => {
    expect(redact(message)).toBe(message)
  })

  it('keeps the host, so that one can tell which server it was', () => {
    expect(redact('postgres://shop:hunter2@db.internal:5432/shop is down')).toBe(
      'postgres://***@db.internal:5432/shop is down',
    )
  })

  it('drops the lines of a stack and puts the rest on one line', () => {
    const stack =
      'Error: first\n  second\n    at connect (/srv/app/db.js:10:3)\n    at async main (/srv/app/main.js:2:1)'
    expect(redact(stack)).toBe('Error: first second')
  })

  it('drops control characters, colours and what turns the direction of writing', () => {
    expect(redact('\u001b[31mred\u001b[0m \u0000\u0007bell \u202eright\u2066 line\u2028feed')).toBe(
      'red bell right line feed',
    )
  })

  it('is not fooled by control characters inside a name', () => {
    expect(redact('pass\u0000word=hunter2')).not.toContain('hunter2')
  })

  it('is never longer than its limit, on one line, and well formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const shown = redact(text)
        expect(shown.length).toBeLessThanOrEqual(LONGEST_MESSAGE)
        expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      }),
    )
    const cut = redact('🌊'.repeat(400))
    expect(cut).toHaveLength(LONGEST_MESSAGE - 1)
    expect(cut.endsWith('🌊…')).toBe(true)
  })

  it.each([
    'a',
    'a:',
    '://',
    'a://',
    'pass',
    'pass=',
    '"',
    'auth="',
    'args:[',
    'token ',
    'token "',
    'token 1',
    'hooks.slack.com/',
    '-----BEGIN PRIVATE KEY-----',
    'x@',
    ' ',
  ])('takes no time over a message made of nothing but "%s"', (hostile) => {
    const start = performance.now()
    for (let length = 2_000; length <= 2_100; length += 10) redact(hostile.repeat(length).slice(0, length))
    // Tens of milliseconds on an idle machine; a pattern that backtracks without bound takes minutes.
    expect(performance.now() - start).toBeLessThan(4_000)
  })
})
