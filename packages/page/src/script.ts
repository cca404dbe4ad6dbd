/**
 * Fetches the page anew while it is looked at, and puts what has changed in the old one's place. The page is whole
 * without it.
 */
export const SCRIPT = `
const every = Number(document.body.dataset.refresh)
const byId = (id) => document.getElementById(id)
const button = byId('pause')
let timer
let asking = false
let paused = false
let lostAt

function isBeingRead() {
  const selection = getSelection()
  return selection !== null && !selection.isCollapsed && byId('page').contains(selection.anchorNode)
}

function show(next) {
  const styles = [document, next].map((page) => page.querySelector('style').textContent)
  if (styles[0] !== styles[1]) return location.reload()
  const old = byId('page')
  const fresh = next.getElementById('page')
  for (const { id } of old.querySelectorAll('details[open]')) fresh.querySelector('#' + id)?.setAttribute('open', '')
  const focused = old.contains(document.activeElement) ? document.activeElement.id : ''
  old.replaceWith(fresh)
  if (focused !== '') byId(focused)?.focus({ preventScroll: true })
  if (document.title === next.title) return
  document.title = next.title
  byId('said').textContent = byId('verdict').textContent
  byId('icon').href = next.querySelector('#icon').href
}

function lose(since) {
  lostAt = since
  document.body.classList.toggle('is-lost', since !== undefined)
  byId('lost').hidden = since === undefined
  if (since === undefined) return
  const text = 'No answer since ' + since.toISOString().slice(11, 19) + ' UTC. This is how it was then.'
  if (byId('lost').textContent !== text) byId('lost').textContent = text
}

async function refresh() {
  clearTimeout(timer)
  if (asking || paused || document.hidden) return
  asking = true
  try {
    const response = await fetch(location.href, {
      headers: { accept: 'text/html' }, cache: 'no-store', signal: AbortSignal.timeout(10000),
    })
    if (!response.headers.get('content-type')?.startsWith('text/html')) throw new TypeError('not a page')
    const next = new DOMParser().parseFromString(await response.text(), 'text/html')
    if (!paused && !isBeingRead()) show(next)
    lose(undefined)
  } catch {
    lose(lostAt ?? new Date())
  }
  asking = false
  timer = setTimeout(refresh, every)
}

button.hidden = false
byId('state').textContent = 'Live'
button.addEventListener('click', () => {
  paused = !paused
  button.textContent = paused ? 'Resume' : 'Pause'
  byId('state').textContent = paused ? 'Paused' : 'Live'
  void refresh()
})
document.addEventListener('visibilitychange', refresh)
timer = setTimeout(refresh, every)
`
