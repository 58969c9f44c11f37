/* SPDX-License-Identifier: MIT */
#include "reports/html.h"

/* clang-format off */
static const char style[] =
":root{color-scheme:light dark;--ink:#1c1f24;--soft:#59626e;--paper:#fff;--card:#f6f7f9;--line:#d5d9df;--link:#0b57d0;"
"--mark:#ffe08a;--fail:#b3151f;--error:#7a1fa2;--inconc:#8a5300;--warn:#6f6100;--none:#4a5361;--pass:#176b35}\n"
"@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a2abb7;--paper:#14171b;--card:#1d2127;--line:#3a414b;"
"--link:#8ab4f8;--mark:#6b5200;--fail:#ff8a86;--error:#d9a1f5;--inconc:#f5b95f;--warn:#dccb5a;--none:#b4bdc9;"
"--pass:#7bd494}}\n"
"*{box-sizing:border-box}\n"
"body{margin:0 auto;max-width:76rem;padding:1rem 1.25rem 3rem;background:var(--paper);color:var(--ink);"
"font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
"a{color:var(--link)}a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);"
"outline-offset:2px}\n"
".skip{position:absolute;left:-99rem}.skip:focus{position:static}\n"
"h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.25rem;margin:2.25rem 0 .5rem;"
"border-bottom:1px solid var(--line);padding-bottom:.25rem}h3{font-size:1.05rem;margin:1.5rem 0 .5rem}"
"h4{font-size:1rem;font-weight:600;margin:0 0 .35rem}\n"
"p{margin:.35rem 0}code,pre{font-family:ui-monospace,monospace;font-size:.875rem}"
"code{overflow-wrap:anywhere}\n"
"pre{margin:.35rem 0;padding:.75rem;background:var(--paper);border:1px solid var(--line);border-radius:.4rem;"
"white-space:pre-wrap;tab-size:4}\n"
"mark{background:var(--mark);color:inherit;outline:2px solid var(--fail);border-radius:2px}\n"
".soft{color:var(--soft)}\n"
".v{display:inline-block;min-width:4.2rem;padding:0 .45rem;border:1.5px solid;border-radius:.3rem;font-size:.8125rem;"
"font-weight:700;line-height:1.5;text-align:center}\n"
".fail{color:var(--fail)}.error{color:var(--error)}.inconc{color:var(--inconc)}.warn{color:var(--warn)}"
".none{color:var(--none)}.pass{color:var(--pass)}.v.none{border-style:dashed}"
".v.fail,.v.error{background:currentColor}.v.fail b,.v.error b{color:var(--paper)}\n"
".counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.6rem;list-style:none;padding:0;"
"margin:1rem 0}\n"
".counts li{border:1px solid var(--line);border-left:.35rem solid;border-radius:.4rem;padding:.4rem .7rem;"
"background:var(--card)}.counts li.none{border-left-style:dashed}.counts b{display:block;font-size:1.6rem;"
"line-height:1.2}.counts a,.counts span{color:var(--ink)}\n"
".list{list-style:none;padding:0;margin:.5rem 0}.list>li{padding:.45rem 0;border-bottom:1px solid var(--line)}\n"
"details.card{border:1px solid var(--line);border-radius:.4rem;margin:.4rem 0;background:var(--card)}"
"details.card>summary{padding:.5rem .7rem}details.card>div{padding:0 .7rem .7rem;scroll-margin-top:6rem}"
"summary{cursor:pointer}details.card>div:target{outline:2px solid var(--link);outline-offset:-2px}\n"
".finding{border-left:.25rem solid;padding:.1rem 0 .1rem .8rem;margin:1rem 0}.finding>:not(h4),.finding h4 code{color:var(--ink)}\n"
".why{color:var(--soft)}\n"
"dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .8rem;margin:.35rem 0}dt{color:var(--soft)}"
"dd{margin:0}\n"
".wide{overflow-x:auto;margin:.5rem 0}.wide svg{display:block}\n"
"th[scope=col]{overflow-wrap:break-word}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;"
"border-bottom:1px solid var(--line)}th[scope=row]{font-weight:400}\n"
"@media (max-width:40rem){body{padding:.5rem .7rem 2rem}dl{grid-template-columns:1fr}dd{margin:0 0 .3rem .6rem}"
"details.card>div{scroll-margin-top:10rem}h1{font-size:1.3rem}th[scope=row]{min-width:14rem}.wide svg{width:100%;min-width:26rem;height:auto}}\n"
"@media print{:root{font-size:9pt;--ink:#000;--soft:#333;--paper:#fff;--card:#fff;--line:#999;--link:#000;--mark:#eee;--fail:#900;"
"--error:#606;--inconc:#640;--warn:#550;--none:#333;--pass:#040}body{max-width:none}"
"details::details-content{content-visibility:visible;block-size:auto}svg{break-inside:avoid}"
"h2,h3,h4,dl,summary{break-after:avoid}pre{padding:.3rem}"
".wide{overflow:visible}.wide svg{max-width:100%;height:auto}.skip{display:none}}\n";
/* clang-format on */

/* The policy lets nothing in and nothing run, whatever came into a text. */
void html_begin(struct buf *to, const char *title)
{
	buf_puts(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
		     "style-src 'unsafe-inline'\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<link rel=\"icon\" href=\"data:,\">\n");
	html_put(to, "<title>%s</title>\n<style>\n", title);
	buf_puts(to, style);
	buf_puts(to, "</style>\n</head>\n<body>\n");
}

void html_finish(struct buf *to)
{
	buf_puts(to, "</body>\n</html>\n");
}

void html_verdict(struct buf *to, enum verdict verdict)
{
	html_put(to, "<span class=\"v %s\"><b>%s</b></span>", verdict_name(verdict), verdict_name(verdict));
}
