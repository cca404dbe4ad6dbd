import { execFileSync } from 'node:child_process'
import { closeSync, fsyncSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { disk } from '@tidegate/checks'

import { answer } from './answer.js'

const [path = '', mounted] = process.argv.slice(2)

/** @param {string[]} args */
const mount = (...args) => void execFileSync('mount', args, { stdio: 'pipe' })

if (mounted !== undefined) mount('-t', 'tmpfs', '-o', 'size=1m,nr_inodes=64', 'tmpfs', path)

function fill() {
  const file = openSync(join(path, 'big'), 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(4_096))
  } catch {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function useInodes() {
  try {
    for (let number = 0; ; number++) writeFileSync(join(path, `small-${number}`), '')
  } catch {
    // There is none left.
  }
}

function clear() {
  for (const name of readdirSync(path)) rmSync(join(path, name))
}

answer(disk({ path }), {
  fill,
  useInodes,
  clear,
  list: () => readdirSync(path),
  readOnly: () => mount('-o', 'remount,ro', path),
  writable: () => mount('-o', 'remount,rw', path),
})
