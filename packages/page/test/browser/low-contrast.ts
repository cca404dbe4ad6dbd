import type { Page } from 'playwright-core'

// Runs in the page. WCAG 2.2: 4.5 for text, 3 for what is large (1.4.3) and for the lines that carry meaning (1.4.11).
const FIND = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number)
  const isSolid = (colour) => colour !== 'none' && channels(colour)[3] !== 0
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
    return (light + 0.05) / (dark + 0.05)
  }
  const groundOf = (element) => {
    const box = element.closest('.node')?.querySelector('.box')
    if (box && box !== element) return getComputedStyle(box).fill
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if (isSolid(backgroundColor)) return backgroundColor
    }
    return 'rgb(255, 255, 255)'
  }
  const isText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
  const found = { looked: 0, low: [] }
  const judge = (element, colour, least) => {
    found.looked += 1
    const ratio = contrast(colour, groundOf(element))
    if (ratio < least) found.low.push((element.textContent.trim() || element.getAttribute('class')) + ': ' + ratio.toFixed(2))
  }
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('style, script, title, .hidden, noscript') || !element.checkVisibility()) continue
    const style = getComputedStyle(element)
    if (isText(element)) {
      const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700)
      judge(element, element instanceof SVGElement ? style.fill : style.color, isLarge ? 3 : 4.5)
    }
    if (element.matches('.edge path:not(.tip), .bar, .node .box')) judge(element, style.stroke, 3)
  }
  return found
})()`

/** What of the page is too faint against what is behind it, and how much was looked at. */
export async function lowContrast(page: Page): Promise<{ readonly looked: number; readonly low: readonly string[] }> {
  return page.evaluate(FIND)
}
