/** The look of the HTML report. System fonts; colours as variables, so that light, dark and print are one sheet. */
export const style = `
:root{color-scheme:light dark;
--page:#f6f7f9;--card:#fff;--ink:#16191f;--soft:#5b6472;--line:#e3e6eb;--faint:#f1f3f6;
--passed:#17784a;--warned:#8f5c00;--failed:#c3262c;--skipped:#667085;--errored:#9c1f5c;
--passed-bg:#e7f5ed;--warned-bg:#fdf2dc;--failed-bg:#fdeceb;--skipped-bg:#eef0f4;--errored-bg:#fbe9f2;
--reference:#a4adbb;--current:#3d5fd9;--glyph:#fff}
@media (prefers-color-scheme:dark){:root{
--page:#0d1014;--card:#151920;--ink:#e8ebf0;--soft:#9aa4b2;--line:#272d37;--faint:#1c212a;
--passed:#4cc38a;--warned:#e5ae3d;--failed:#ff8078;--skipped:#98a2b3;--errored:#f583b6;
--passed-bg:#12291f;--warned-bg:#2d230d;--failed-bg:#341918;--skipped-bg:#20252e;--errored-bg:#331625;
--reference:#626d7d;--current:#86a2ff;--glyph:#10141a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-feature-settings:"tnum";overflow-wrap:anywhere}
main{max-width:1040px;margin:0 auto;padding:48px 24px 72px}
h1,h2,h3,h4,p,figure,dl,dd{margin:0}
a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:3px}
a:focus-visible,summary:focus-visible{outline:2px solid var(--current);outline-offset:3px;border-radius:4px}
code{unicode-bidi:isolate;font:.92em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
small{font-size:12.5px;color:var(--soft);font-weight:400}
.is-passed{--tone:var(--passed);--tone-bg:var(--passed-bg)}
.is-warned{--tone:var(--warned);--tone-bg:var(--warned-bg)}
.is-failed{--tone:var(--failed);--tone-bg:var(--failed-bg)}
.is-skipped{--tone:var(--skipped);--tone-bg:var(--skipped-bg)}
.is-errored{--tone:var(--errored);--tone-bg:var(--errored-bg)}
.mark{flex:none;color:var(--tone);fill:none;stroke:var(--glyph);stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}
.mark circle{stroke:none}
.mark .solid{fill:currentColor;stroke:currentColor;stroke-width:1}
.status{display:inline-flex;align-items:center;gap:7px;font-size:13.5px;font-weight:600;color:var(--tone);white-space:nowrap}
.pill{display:inline-flex;padding:3px 11px 3px 7px;border-radius:99px;background:var(--tone-bg)}
header .eyebrow{color:var(--soft);font-size:14px;display:flex;flex-wrap:wrap;gap:4px 10px;margin-bottom:20px}
header .eyebrow b{color:var(--ink);font-weight:600}
.headline{display:grid;grid-template-columns:auto 1fr;gap:18px;align-items:start}
.headline .mark{width:34px;height:34px;margin-top:5px}
h1{font-size:clamp(23px,3.6vw,33px);line-height:1.28;font-weight:620;letter-spacing:-.018em;text-wrap:balance}
h1 em{font-style:normal;color:var(--tone)}
.rest{color:var(--soft);margin-top:10px;font-size:15.5px}
.facts{display:flex;flex-wrap:wrap;gap:16px 44px;margin-top:34px;padding-top:22px;border-top:1px solid var(--line)}
.facts div{max-width:240px}
.facts dt{font-size:12.5px;color:var(--soft)}
.facts dd{font-weight:560;font-size:15.5px}
nav{display:flex;flex-wrap:wrap;gap:8px;margin-top:28px}
nav a{display:inline-flex;gap:8px;align-items:center;padding:6px 13px 6px 9px;border:1px solid var(--line);border-radius:99px;background:var(--card);font-size:13.5px;font-weight:520;text-decoration:none}
nav a:hover{border-color:var(--tone)}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:28px 32px 30px;margin-top:24px;scroll-margin-top:16px}
.card>*+*{margin-top:22px}
.card-head{display:flex;justify-content:space-between;align-items:center;gap:8px 16px;flex-wrap:wrap}
h2{font-size:18.5px;line-height:1.35;font-weight:620;letter-spacing:-.01em}
.card .lead{margin-top:6px;color:var(--soft)}
h3{font-size:14px;font-weight:600;margin-bottom:8px}
h4{font-size:13.5px;font-weight:600;margin-bottom:10px}
table{width:100%;border-collapse:collapse;font-size:14px}
th{font-size:12.5px;font-weight:500;color:var(--soft);text-align:left;padding:0 16px 8px 0;border-bottom:1px solid var(--line);vertical-align:bottom}
td{padding:11px 16px 11px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child>td{border-bottom:0}
th:last-child,td:last-child{padding-right:0}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.checks td:nth-child(1){width:104px}
.checks td:nth-child(3),.checks td:nth-child(4){width:23%}
.check-title{font-weight:540}
.check-more{color:var(--soft);font-size:13px;margin-top:3px}
.seen{list-style:none;margin:5px 0 0;padding:0;display:flex;flex-wrap:wrap;gap:3px 14px;color:var(--soft);font-size:13px}
.seen code{background:var(--faint);border-radius:4px;padding:1px 5px;color:var(--ink);white-space:pre-wrap}
details>summary{cursor:pointer;color:var(--soft);font-size:14px;font-weight:520;width:fit-content;padding:2px 0}
details>summary:hover{color:var(--ink)}
details[open]>summary{margin-bottom:14px}
.chart{background:var(--faint);border-radius:10px;padding:18px 20px 14px}
.chart figcaption{color:var(--soft);font-size:12.5px;margin-top:10px}
.plot+.plot{margin-top:18px}
.plot{display:grid;grid-template-columns:minmax(96px,22%) 1fr auto;gap:4px 18px;align-items:center}
.plot-row{display:contents}
.plot-name{font-size:13.5px;font-weight:540;line-height:1.3}
.plot-value{font-size:13.5px;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.plot-value b{font-weight:620}
.plot-area{display:block;overflow:visible;color:var(--tone)}
.plot-axis text,.beyond{font-size:11.5px;fill:var(--soft);font-variant-numeric:tabular-nums}
.beyond{fill:var(--card);font-weight:700}
.tick,.track{stroke:var(--line);stroke-width:1}
.range{fill:currentColor;opacity:.3}
.held{fill:currentColor}
.dot{fill:currentColor;stroke:var(--faint);stroke-width:2}
.rule{stroke:var(--ink);stroke-width:2}
.zero{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
.bar{fill:currentColor;opacity:.8}
.floor{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 2;opacity:.65}
.is-passed .bar{opacity:.45}
.legend{font-size:12.5px;color:var(--soft);display:flex;gap:6px;align-items:center;margin-bottom:14px}
.key{width:11px;height:11px;border-radius:3px;display:inline-block}
.key+.key,.key.of-current{margin-left:10px}
.of-reference{fill:var(--reference);background:var(--reference)}
.of-current{fill:var(--current);background:var(--current)}
.multiples{display:grid;grid-template-columns:repeat(auto-fit,minmax(270px,1fr));gap:26px 34px}
.pair{display:grid;grid-template-columns:minmax(0,36%) 1fr auto;gap:0 10px;align-items:center;min-height:22px}
.pair-name{font-size:12.5px;color:var(--soft);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.pair-value{font-size:12px;color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap;min-width:98px;text-align:right}
.pair.is-most>.pair-name,.pair.is-most>.pair-value{color:var(--ink);font-weight:600}
.nulls{border-top:1px solid var(--line);margin-top:8px;padding-top:6px}
.panel-head{display:flex;justify-content:space-between;gap:12px;align-items:center}
.panel-head h4{margin:0}
.panel-size{font-size:12.5px;color:var(--soft);margin:2px 0 10px}
.steps{display:block;margin-bottom:6px}
.steps text{font-size:11.5px;fill:var(--soft);font-variant-numeric:tabular-nums}
.area{fill:var(--reference);opacity:.55}
.line{fill:none;stroke:var(--current);stroke-width:2;stroke-linejoin:round}
.most,.key.is-most{fill:var(--current);opacity:.13}
.key.is-most{background:var(--current);opacity:.25;margin-left:10px}
.changes{list-style:none;margin:0;padding:0;font-size:12.5px;font-weight:600;font-variant-numeric:tabular-nums}
.spark{flex:none;overflow:visible}
.spark path{fill:none;stroke:var(--current);stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
.history .plot-area{color:var(--soft)}
.history g{color:var(--tone)}
.trend{stroke:var(--reference);stroke-width:1.5}
.trend.is-pause{stroke-dasharray:3 5;opacity:.7}
.dot.is-hollow{fill:var(--faint);stroke:currentColor}
.missing{stroke:currentColor;stroke-width:2}
.limit{font-size:11.5px;fill:var(--soft)}
.span{display:flex;justify-content:space-between;gap:12px;font-size:12.5px;color:var(--soft);margin-top:4px}
.effects .plot-value{min-width:62px}
.effects .plot+h3{margin-top:18px}
.answers{display:grid;gap:10px}
.answers div{display:grid;grid-template-columns:110px 1fr;gap:14px}
.answers dt{color:var(--soft);font-size:13.5px;line-height:23px}
.answers dd{max-width:72ch}
.more{font-size:12.5px;color:var(--soft);margin-top:6px}
.bars{display:block;color:var(--reference);min-width:96px}
.bars g{fill:var(--reference)}
.columns td:nth-child(1){font-weight:540;min-width:170px}
.columns td:nth-child(2){white-space:nowrap}
.columns td:last-child{width:150px}
.columns .status{vertical-align:-2px}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(230px,1fr));gap:0 32px;font-size:14px}
.pairs div{display:flex;justify-content:space-between;gap:14px;border-bottom:1px solid var(--line);padding:7px 0}
.pairs dt{color:var(--soft)}
.pairs dd{text-align:right;font-variant-numeric:tabular-nums}
.stack>*+*{margin-top:22px}
.notes{padding-left:20px;margin:0}
.notes li+li{margin-top:6px}
footer{margin-top:36px;color:var(--soft);font-size:13px;display:flex;flex-wrap:wrap;gap:6px 20px}
@media (max-width:640px){
main{padding:26px 14px 48px}
.card{padding:20px 16px 20px;border-radius:12px;margin-top:16px}
.headline{gap:12px}.headline .mark{width:26px;height:26px;margin-top:3px}
.facts{display:grid;grid-template-columns:1fr 1fr;gap:14px 18px;margin-top:24px;padding-top:18px}
.chart{padding:14px 14px 12px;margin-left:-4px;margin-right:-4px}
.plot{display:block}
.plot-row{display:grid;grid-template-columns:1fr auto;padding:3px 0 5px}
.plot-name{grid-column:1}.plot-value{grid-column:2;grid-row:1;min-width:0}
.plot-area{grid-column:1/-1;margin-top:3px}
.plot-axis{padding:0}.plot-axis .plot-name,.plot-axis .plot-value{display:none}
.wide thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.wide,.wide tbody{display:block}
.wide tr{display:block;padding:13px 0;border-bottom:1px solid var(--line)}
.wide tr:last-child{border-bottom:0}
.wide td,.checks td:nth-child(n){display:block;border:0;padding:0;width:auto;text-align:left}
.wide td+td{margin-top:5px}
.wide td[data-label]{display:grid;grid-template-columns:84px 1fr;gap:10px}
.wide td[data-label]::before{content:attr(data-label);color:var(--soft);font-size:12.5px;line-height:21px}
.wide td:empty{display:none}
.multiples{grid-template-columns:1fr}
.answers div{grid-template-columns:1fr;gap:1px}
.pair-value{min-width:0}}
@media print{
:root{--page:#fff;--card:#fff;--faint:#f6f7f9}
body{font-size:11.5px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{max-width:none;padding:0}nav{display:none}
.card{break-inside:auto;border-color:#cfd4dc;padding:16px 18px}
.chart,.panel,tr,.card-head{break-inside:avoid}
details::details-content{content-visibility:visible;block-size:auto}}
`
