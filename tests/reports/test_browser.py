# SPDX-License-Identifier: MIT
"""A page of -o html: in Chromium: it opens, leads from a finding to its message, prints, fits at three widths and in both
schemes, has names for those who can't see it, asks for nothing, complains of nothing, and what came from the wire is text.
$1: the page. With SHOTS set to a folder, screenshots and the print go there."""
import base64
import os
import pathlib
import shutil
import subprocess
import sys

from webdriver import Browser

ENTER = "\ue007"
ELEMENTS = set("html br head meta link title style body a header h1 h2 h3 h4 span p strong b ul li main section details summary "
               "div code pre mark article dl dt dd svg path text table thead tbody tr th td caption title".split())
ATTRIBUTES = set("lang charset http-equiv content name rel href class id aria-label aria-labelledby tabindex role open scope d "
                 "fill stroke stroke-width stroke-dasharray text-anchor x y width height viewBox xmlns font-size font-weight "
                 "font-family font-style opacity transform viewbox".split())
page = pathlib.Path(sys.argv[1])
shots = os.environ.get("SHOTS")


def shoot(browser, name):
    if shots:
        data = browser.call("GET", f"/session/{browser.session}/screenshot")
        (pathlib.Path(shots) / f"{page.stem}-{name}.png").write_bytes(base64.b64decode(data))


def check_markup(browser):
    """Elements and attributes are those that the report means: nothing of the wire has become one."""
    tags = set(browser.run("return [...new Set([...document.querySelectorAll('*')].map(e => e.localName))]"))
    assert tags <= ELEMENTS, f"elements that nobody meant: {tags - ELEMENTS}"
    found = set(browser.run("return [...new Set([...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()))]"))
    assert found <= ATTRIBUTES, f"attributes that nobody meant: {found - ATTRIBUTES}"
    twice = browser.run("""const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
        return ids.filter((id, i) => ids.indexOf(id) !== i)""")
    assert not twice, f"twice the same id: {twice}"
    lost = browser.run("""return [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')).filter(
        h => !h.startsWith('#') || !document.getElementById(decodeURIComponent(h.slice(1))))""")
    assert not lost, f"links lead nowhere: {lost}"


def check_names(browser):
    wanted = {"DisclosureTriangle", "link", "image", "img", "region", "heading", "table", "graphics-document"}
    names = browser.names()
    nameless = [role for role, name in names if role in wanted and not name.strip() and role != "table"]
    assert not nameless, f"no accessible name: {nameless}"
    assert ("heading", "Requirements") in names or ("heading", "Findings") in names, "the sections have headings"
    assert browser.run("return document.documentElement.lang") == "en" and browser.run("return document.title")


def check_fits(browser, what):
    """Wide things scroll inside of the page; the page itself does not."""
    too_wide = browser.run("return document.documentElement.scrollWidth - window.innerWidth")
    assert too_wide <= 0, f"{what}: {too_wide} px wider than its window"


def check_contrast(browser, what):
    """Text against what is behind it: 4.5 to 1 (WCAG 2.1, 1.4.3)."""
    poor = browser.run("""
        const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255).map(
            x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2] };
        const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
            if (!/, 0\\)$|transparent/.test(c)) return c } return 'rgb(255,255,255)' };
        return [...document.querySelectorAll('body *')].filter(e => !e.closest('svg') && e.getClientRects().length &&
            [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
            const a = light(getComputedStyle(e).color), b = light(behind(e));
            return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className + ' ' + e.textContent.slice(0, 30)] }).filter(
            p => p[0] < 4.5)""")
    assert not poor, f"{what}: hard to read: {poor[:3]}"


def check_keys(browser):
    """Enter opens what the focus is on, and closes it again; the first key leads past the head."""
    summary = browser.run("return document.querySelector('details.card:not([open]) > summary')")
    for state in (True, False):
        browser.press(summary, ENTER)
        assert browser.run("return arguments[0].parentElement.open", summary) is state, "Enter opens and closes"
    outline = browser.run("arguments[0].focus({focusVisible: true}); return getComputedStyle(arguments[0]).outlineStyle", summary)
    assert outline != "none", "the focus shows"


def check_finding(browser):
    """From the list of what did not pass to the message, by one link."""
    link = browser.run("return document.querySelector('#bad + ul a, td a')")
    if not link:
        return
    browser.run("document.querySelectorAll('details.card[open]').forEach(d => { d.open = false })")
    browser.press(link, ENTER)
    target = browser.run("return document.getElementById(decodeURIComponent(location.hash.slice(1)))")
    assert target and browser.run("return arguments[0].closest('details').open", target), "a link opens where it leads"
    place = browser.run("return arguments[0].getBoundingClientRect().top", target)
    assert 0 <= place < browser.run("return window.innerHeight"), f"and scrolls there: {place}"
    message = browser.run("return arguments[0].querySelector('.finding pre')", target)
    if message:
        assert browser.run("return arguments[0].getClientRects().length > 0", message), "an open finding shows its message"
    case = browser.run("return arguments[0].querySelector('.finding h4 a')", target)
    if case:
        browser.click(case)
        assert browser.run("return document.querySelector('details[open] > :target') !== null"), "its case opens, too"


def check_print(browser):
    pdf = base64.b64decode(browser.cdp("Page.printToPDF", printBackground=False)["data"])
    assert pdf.startswith(b"%PDF"), "it prints"
    if shots:
        (pathlib.Path(shots) / f"{page.stem}.pdf").write_bytes(pdf)
    if not shutil.which("pdftotext"):
        return
    printed = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    hidden = browser.run("""document.querySelectorAll('details').forEach(d => { d.open = false });
        const e = document.querySelector('details.card dd'); return e ? e.textContent.trim().split(/\\s+/)[0] : ''""")
    assert hidden in printed, f"what is closed is printed, too: {hidden}"


with Browser() as browser:
    browser.post("/url", {"url": "about:blank"})
    browser.requests()  # of the page that it began with
    for scheme in ("light", "dark"):
        for width in (390, 768, 1440):
            what = f"{width} px, {scheme}"
            browser.look_like(width, 900, scheme)
            browser.go(page)
            check_markup(browser)
            check_fits(browser, what)
            shoot(browser, f"{width}-{scheme}-top")
            check_keys(browser)
            check_finding(browser)
            shoot(browser, f"{width}-{scheme}-finding")
            browser.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
            check_fits(browser, f"{what}, all open")
            check_contrast(browser, what)
            if browser.run("const s = document.querySelector('svg'); if (s) s.scrollIntoView(); return s !== null"):
                shoot(browser, f"{width}-{scheme}-ladder")
            dark = browser.run("return getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
            assert dark == (scheme == "dark"), f"{what}: not its colours"
    check_names(browser)
    check_print(browser)
    browser.run("document.querySelectorAll('style').forEach(s => s.remove())")
    shoot(browser, "unstyled")
    asked = [url for url in browser.requests() if url.split("#")[0] not in (page.resolve().as_uri(), "data:,")]
    assert not asked, f"it asks for {asked}"
    assert not browser.console(), browser.console()
