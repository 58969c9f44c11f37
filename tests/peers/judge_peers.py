#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Judges the judge: runs imconform against every style and fault of im_server.py and compares. See README.md."""

import argparse
import asyncio
import fnmatch
import json
import os
import pathlib
import socket
import sys
import tempfile

import variants

HERE = pathlib.Path(__file__).resolve().parent
FREE_OF_JUDGEMENT = {'6.1.1.5-ims', '12.2.2.2-ims'}
# What a style leaves out that a SHOULD asks for, or does in a way that the catalogue calls contested.
WARNS = {'no-shoulds': {'12.2.2.2-2d', '12.2.2.2-2g'}, 'no-third-party-405': {'5.3-support'},
         'no-third-party-501': {'5.3-support'}, 'product-later': {'12.2.2.2-2c'},
         'product-lower': {'12.2.2.2-2c'}}


def free_ports(host, count):
    """Ports that are free for UDP and TCP."""
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    held, ports = [], []
    while len(ports) < count:
        tcp, udp = socket.socket(family, socket.SOCK_STREAM), socket.socket(family, socket.SOCK_DGRAM)
        held += [tcp, udp]
        tcp.bind((host, 0))
        try:
            udp.bind((host, tcp.getsockname()[1]))
            ports.append(tcp.getsockname()[1])
        except OSError:
            continue
    for one in held:
        one.close()
    return ports


class Judge:
    """Of servers; of clients in judge_clients.py."""
    table, actor, free, warns = variants, 'server', FREE_OF_JUDGEMENT, WARNS

    def __init__(self, options):
        self.options = options
        self.slots = asyncio.Semaphore(options.parallel)
        self.folder = pathlib.Path(options.keep or tempfile.mkdtemp(prefix='peers-'))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.surprises = []
        self.gate = asyncio.Lock()

    async def run(self, kind, name, transport='udp', host='127.0.0.1'):
        """One campaign; the requirements of its report by id, or a word on why there is none."""
        async with self.slots:
            await self.turn()
            place = '[%s]' % host if ':' in host else host
            peer, core = free_ports(host, 2)
            stem = self.folder / ('%s-%s-%s%s' % (kind, name, transport, '6' if ':' in host else ''))
            server = await self.start(peer, core, place, kind, name, stem)
            try:
                command = [self.options.imconform, 'run', '--target',
                           'sip:%s:%d;transport=%s' % (place, peer, transport), '--core', '%s:%d' % (place, core)]
                status = await self.call(command + self.ixit(kind, name, stem), stem)
            finally:
                if server.returncode is None:
                    server.terminate()
                await server.wait()
            return self.read(stem, status) if isinstance(status, int) else ({}, status)

    async def call(self, command, stem):
        """Runs imconform, which leaves its reports at the stem; its exit status, or what was wrong with it."""
        command = command + ['-q'] + self.options.extra
        for form, ending in (('json', 'json'), ('text', 'txt'), ('pcapng', 'pcapng')):
            command += ['-o', '%s:%s.%s' % (form, stem, ending)]
        command += ['--scenarios', self.options.scenarios] if self.options.scenarios else []
        with open(str(stem) + '.log', 'wb') as log:
            run = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                return await asyncio.wait_for(run.wait(), self.options.limit)
            except asyncio.TimeoutError:
                run.kill()
                return 'not done after %d s' % self.options.limit

    @staticmethod
    def ixit(kind, name, stem):
        """What the tester of such a server says about it: its times, say."""
        text = variants.STYLES[name].get('ixit') if kind == 'style' else None
        if not text:
            return []
        pathlib.Path(str(stem) + '.lua').write_text(text + '\n')
        return ['--ixit', '%s.lua' % stem]

    async def turn(self):
        """A campaign is busy in its first seconds: one begins at a time."""
        async with self.gate:
            await asyncio.sleep(self.options.apart)

    async def start(self, peer, core, place, kind, name, stem):
        errors = open(str(stem) + '.peer', 'wb')
        command = [sys.executable, str(HERE / 'im_server.py'), '--listen', '%s:%d' % (place, peer),
                   '--core', '%s:%d' % (place, core), '--' + kind, name]
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE='1')
        server = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=errors,
                                                      env=environment)
        errors.close()
        await server.stdout.readline()
        return server

    def read(self, stem, status):
        try:
            report = json.loads(pathlib.Path(str(stem) + '.json').read_text())
        except (OSError, ValueError) as error:
            return {}, 'exit %d, no report: %s' % (status, error)
        trouble = pathlib.Path(str(stem) + '.peer').read_text()
        if 'Traceback' in trouble:
            return report_of(report, self.actor), 'the peer raised: ' + trouble.strip().splitlines()[-1]
        return report_of(report, self.actor), '' if status in (0, 1, 3) else 'exit %d' % status

    def say(self, good, name, words):
        if not good:
            self.surprises.append(name)
        print('%-4s %-44s %s' % ('ok' if good else '!!!!', name, words), flush=True)

    async def campaign(self, *what):
        """A port may be taken between our look and its use: then once more."""
        for _ in range(3):
            found, trouble = await self.run(*what)
            if found or 'exit 2' not in trouble:
                break
        return found, trouble

    async def style(self, name, transport='udp', host='127.0.0.1'):
        transport = self.table.STYLES[name].get('transport', transport)
        found, trouble = await self.campaign('style', name, transport, host)
        label = name + (' ' + transport if transport != 'udp' else '') + (' ipv6' if ':' in host else '')
        allowed = self.warns.get(name, set())
        odd = [show(one) for one in found.values() if one['verdict'] in ('fail', 'error', 'inconc')
               or (one['verdict'] == 'warn' and one['id'] not in allowed)]
        odd += [one + ' owes a warning' for one in allowed if found.get(one, {}).get('verdict') != 'warn']
        quiet = [one['id'] for one in found.values() if one['verdict'] == 'none' and one['id'] not in self.free]
        words = '; '.join(odd + ([trouble] if trouble else [])) or 'conforms'
        self.say(not odd and not trouble and found, label, words + ('   [none: %s]' % ' '.join(quiet) if quiet else ''))

    async def fault(self, name):
        found, trouble = await self.campaign('fault', name)
        wanted, verdict = self.table.FAULTS[name][:2]
        seen = found.get(wanted, {}).get('verdict', 'absent')
        beside = [show(one) for one in found.values() if one['id'] != wanted and one['verdict'] not in ('pass', 'none')]
        if name in self.table.OPEN:
            verdict = 'pass'
        words = '%s is %s' % (wanted, seen) + ('' if seen == verdict else ', should be ' + verdict)
        words += ', as is known' if name in self.table.OPEN and seen == verdict else ''
        words += '; ' + trouble if trouble else ''
        words += '   [beside: %s]' % '; '.join(beside) if beside else ''
        self.say(seen == verdict and not trouble, name, words)

    async def all(self):
        chosen = self.options.only or ['*']
        jobs = [self.style(name) for name in self.table.STYLES if matches(name, chosen)]
        if matches('plain', chosen):
            jobs += [self.style('plain', 'tcp'), self.style('plain', 'udp', '::1'), self.style('plain', 'tcp', '::1')]
        jobs += [self.fault(name) for name in self.table.FAULTS if matches(name, chosen)]
        await asyncio.gather(*jobs)
        print('%d of %d as expected; reports in %s' % (len(jobs) - len(self.surprises), len(jobs), self.folder))
        return 1 if self.surprises or not jobs else 0


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def report_of(report, actor):
    return {one['id']: one for one in report['requirements'] if one['actor'] == actor}


def show(one):
    """A requirement's verdict and the cases that made it."""
    cases = sorted({str(f.get('case')) for f in one.get('findings', []) if f['verdict'] == one['verdict']})
    more = ' …%d' % len(cases) if len(cases) > 3 else ''
    return '%s %s (%s%s)' % (one['id'], one['verdict'], ' '.join(cases[:3]) or one.get('reason', ''), more)


def main(judge=Judge, about=__doc__):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument('build', help='build directory of imconform, or the program itself')
    parser.add_argument('only', nargs='*', help='patterns of styles and faults')
    parser.add_argument('--parallel', type=int, default=20)
    parser.add_argument('--apart', type=float, default=1.5, help='seconds between the starts of two campaigns')
    parser.add_argument('--limit', type=float, default=400)
    parser.add_argument('--scenarios')
    parser.add_argument('--keep', metavar='DIR', help='where the reports go')
    parser.add_argument('--extra', action='append', default=[], help='one more argument for imconform run')
    options = parser.parse_intermixed_args()
    program = pathlib.Path(options.build)
    options.imconform = str(program if program.is_file() else program / 'harness' / 'imconform')
    sys.exit(asyncio.run(judge(options).all()))


if __name__ == '__main__':
    main()
