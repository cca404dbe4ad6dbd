/** All of the page's looks. No rule may hang on a `style` attribute: the page's policy allows none. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --panel: #fff; --text: #16191f; --soft: #565f6d; --line: #dfe3e9; --strong-line: #8b95a4;
  --pass: #14713f; --warn: #875700; --fail: #b9212b; --wait: #1f5f99;
  --pass-ground: #e8f5ed; --warn-ground: #fdf3dc; --fail-ground: #fdebeb; --wait-ground: #e9f1f9;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1014; --panel: #161a20; --text: #e7eaef; --soft: #9aa5b4; --line: #2a313b; --strong-line: #6b7787;
    --pass: #52c78b; --warn: #e3b152; --fail: #ff8078; --wait: #7db7f0;
    --pass-ground: #11261b; --warn-ground: #2a2210; --fail-ground: #301819; --wait-ground: #132231;
  }
}
* { box-sizing: border-box; margin: 0; padding: 0; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums;
  max-width: 1072px; margin: 0 auto; padding: 16px 16px 40px; overflow-wrap: anywhere;
}
.is-pass { --tone: var(--pass); --tone-ground: var(--pass-ground); }
.is-warn { --tone: var(--warn); --tone-ground: var(--warn-ground); }
.is-fail { --tone: var(--fail); --tone-ground: var(--fail-ground); }
.is-wait { --tone: var(--wait); --tone-ground: var(--wait-ground); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.signs { position: absolute; }
[hidden] { display: none !important; }
ul, ol { list-style: none; }
strong { font-weight: 620; }
.aside, .ago, .counts, figcaption, footer { color: var(--soft); font-weight: 400; }
.counts, figcaption, footer { font-size: 13px; }
button {
  font: inherit; font-size: 13px; color: var(--text); background: var(--panel); border: 1px solid var(--strong-line);
  border-radius: 999px; padding: 4px 14px; min-height: 32px; cursor: pointer;
}
button:hover { border-color: var(--text); }
:focus-visible { outline: 2px solid var(--text); outline-offset: 2px; border-radius: 6px; }
a { color: inherit; text-underline-offset: 3px; }

.bar-top { display: flex; align-items: center; justify-content: space-between; gap: 12px; min-height: 32px; margin-bottom: 14px; }
.identity { font-size: 15px; }
.instance { font-family: var(--mono); font-size: 13px; }
.live { display: flex; align-items: center; gap: 10px; font-size: 13px; color: var(--soft); flex: none; }
.lost {
  background: var(--fail-ground); color: var(--fail); border: 1px solid currentColor; border-radius: 10px; padding: 10px 14px;
  margin-bottom: 14px; font-weight: 600;
}
.is-lost #page { filter: grayscale(.6); }

main { display: grid; gap: 16px; }
.panel, .card, .hero { background: var(--panel); border: 1px solid var(--line); border-radius: 14px; }
.panel { padding: 18px 20px; }
h2 { font-size: 16px; font-weight: 650; letter-spacing: -.005em; margin-bottom: 12px; }
h2 .aside { font-size: 14px; margin-left: 6px; }

.hero { display: flex; flex-wrap: wrap; align-items: center; gap: 16px 18px; padding: 22px 24px; background: var(--tone-ground); border-color: var(--tone); }
.hero-sign { flex: none; line-height: 0; }
.hero-text { flex: 1 1 250px; min-width: 0; }
h1 { font-size: 30px; line-height: 1.15; font-weight: 680; letter-spacing: -.02em; color: var(--tone); }
.lead { font-size: 16px; margin-top: 4px; max-width: 62ch; }
.holds { margin-top: 6px; }
.holds li { border-left: 3px solid var(--tone); padding-left: 10px; margin-top: 4px; font-weight: 600; }
.facts { display: flex; gap: 22px; }
.facts dt { font-size: 13px; }
.facts dd { font-size: 18px; font-weight: 650; line-height: 1.3; }

.phases ol { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 5px; }
.phases li { font-size: 13px; color: var(--soft); padding-top: 12px; position: relative; text-align: center; overflow-wrap: normal; }
.phases li::before { content: ""; position: absolute; inset: 0 0 auto; height: 4px; border-radius: 2px; background: var(--line); }
.phases .past::before { background: var(--strong-line); }
.phases .now { color: var(--text); font-weight: 680; }
.phases .now::before { background: var(--tone); height: 6px; top: -1px; }
.phases .now::after { content: ""; position: absolute; top: -4px; left: 50%; width: 12px; height: 12px; margin-left: -6px; border-radius: 50%; background: var(--tone); border: 3px solid var(--ground); box-sizing: content-box; margin-top: -3px; margin-left: -9px; }

progress { appearance: none; -webkit-appearance: none; display: block; width: 100%; height: 8px; border: 0; border-radius: 4px; overflow: hidden; background: var(--line); margin-top: 6px; }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--wait); border-radius: 4px; }
progress::-moz-progress-bar { background: var(--wait); border-radius: 4px; }
.steps { display: grid; gap: 12px; margin-top: 14px; }
.steps .line { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 8px; }
.steps .coming { color: var(--soft); }
.steps .dot { width: 16px; height: 16px; border: 2px solid var(--strong-line); border-radius: 50%; flex: none; }
.drain .counts { margin-left: 24px; }
.drain .icon { color: var(--soft); }

figure.panel { padding: 22px 20px 14px; margin-bottom: 16px; }
figcaption { margin-top: 14px; }
.graph { display: block; max-width: 100%; height: auto; margin: 0 auto; overflow: visible; }
.graph.wide { display: none; }
@media (min-width: 700px) { .graph.narrow { display: none; } .graph.wide { display: block; } }
.edge path { fill: none; stroke: var(--strong-line); stroke-width: 1.5; }
.edge-optional path { stroke-dasharray: 5 4; }
.edge-fail path { stroke: var(--fail); stroke-width: 2.5; }
.edge .tip { fill: var(--strong-line); stroke: none; }
.edge-fail .tip { fill: var(--fail); }
.node { --tone: var(--strong-line); --tone-ground: var(--panel); }
.node.is-pass { --tone: var(--pass); --tone-ground: var(--panel); }
.node.is-warn { --tone: var(--warn); --tone-ground: var(--warn-ground); }
.node.is-fail { --tone: var(--fail); --tone-ground: var(--fail-ground); }
.node.is-wait { --tone: var(--wait); --tone-ground: var(--panel); }
.node .box { fill: var(--tone-ground); stroke: var(--tone); stroke-width: 1.5; }
.node.is-fail .box { stroke-width: 2.5; }
.node-optional .box { stroke-dasharray: 5 4; }
.node-service .box { fill: var(--ground); }
.node .halo { fill: none; stroke: var(--fail); stroke-width: 2; opacity: .5; }
.node text { fill: var(--text); }
.node .name { font-size: 14px; font-weight: 620; }
.node .note { font-size: 12.5px; fill: var(--soft); }
.node.is-fail .note, .node.is-warn .note { fill: var(--tone); font-weight: 600; }
.sign { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.sign-pass { color: var(--pass); } .sign-warn { color: var(--warn); } .sign-fail { color: var(--fail); }
.sign-wait { color: var(--wait); } .sign-service { color: var(--soft); }
.hero .sign { color: var(--tone); stroke-width: 1.8; }
.icon { flex: none; vertical-align: -3px; overflow: visible; }

.cards { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 310px), 1fr)); }
.card { padding: 16px 18px; display: flex; flex-direction: column; gap: 9px; min-width: 0; }
.card.is-fail, .card.is-warn { border-color: var(--tone); }
.card header { display: flex; gap: 9px; } .card header .icon { margin-top: 2px; }
.card header div { flex: 1; min-width: 0; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 10px; }
.card h3 { font-size: 16px; font-weight: 640; flex: 1 0 auto; max-width: 100%; line-height: 1.45; }
.status { font-size: 14px; } .status strong { color: var(--tone); }
.tags { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; font-size: 13px; color: var(--soft); }
.tag { border: 1px solid var(--line); border-radius: 999px; padding: 0 9px; color: var(--soft); }
.now-tag { color: var(--wait); border-color: currentColor; font-size: 12px; }
.tag.cause { background: var(--fail); border-color: var(--fail); color: var(--panel); font-weight: 650; }
.message { font: 13px/1.5 var(--mono); background: var(--tone-ground, var(--ground)); border-radius: 8px; padding: 8px 11px; white-space: pre-wrap; }
.data dt { color: var(--soft); flex: none; }
.data { display: grid; grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); gap: 2px 20px; font-size: 13px; }
.data div { display: flex; justify-content: space-between; gap: 10px; min-width: 0; }
.data dd { font-family: var(--mono); text-align: right; }
.bars { display: block; width: 100%; height: 32px; margin-top: 4px; }
.bar { fill: none; stroke: var(--tone); stroke-width: 3; }
.floor { stroke: var(--line); }
.checks { margin-top: auto; }
.checks .counts { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; margin-top: 4px; }

.timeline li { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 12px; padding: 8px 0; border-top: 1px solid var(--line); }
.timeline li:first-child { border-top: 0; }
.timeline time { white-space: nowrap; font-family: var(--mono); font-size: 13px; line-height: 1.75; }
.timeline .change { display: flex; gap: 8px; align-items: baseline; }
.timeline .icon { position: relative; top: 3px; }
.why { font: 13px/1.5 var(--mono); color: var(--soft); margin: 2px 0 0 24px; white-space: pre-wrap; }
.ago { font-size: 13px; line-height: 1.75; text-align: right; }
summary { cursor: pointer; color: var(--soft); padding: 6px 0 2px; }
footer { display: flex; flex-wrap: wrap; gap: 4px 18px; justify-content: space-between; padding: 18px 4px 0; }

@media (max-width: 520px) {
  body { padding: 12px 12px 32px; font-size: 15px; }
  .panel, figure.panel { padding: 16px 12px 14px; }
  .hero { padding: 18px 16px; }
  .hero-sign .icon { width: 36px; height: 36px; }
  h1 { font-size: 26px; }
  .hero-text { flex-basis: 200px; }
  .phases li { font-size: 12px; }
  .timeline li { grid-template-columns: auto minmax(0, 1fr); gap: 0 10px; }
  .timeline li > div { grid-column: 2; grid-row: 1 / 3; }
  .timeline .ago { grid-column: 1; text-align: left; line-height: 1.3; }
}
@media (prefers-reduced-motion: no-preference) {
  .phases .now::after { animation: breathe 2.4s ease-in-out infinite; }
  @keyframes breathe { 50% { opacity: .45; } }
}
@media print { .live { display: none; } }
`
