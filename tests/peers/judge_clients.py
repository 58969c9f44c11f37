#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Judges the judge of clients: runs imconform against every style and fault of im_client.py. See README.md."""

import asyncio
import json
import pathlib
import shlex
import sys

import client_variants
import judge_peers

USERS = 24
# Nobody asks for these without an IMS core, or without a person.
FREE_OF_JUDGEMENT = {'5.2.2-ims', '5.2.4-ims', '5.2.4-indicate'}


class ClientJudge(judge_peers.Judge):
    table, actor, free, warns = client_variants, 'client', FREE_OF_JUDGEMENT, client_variants.WARNS

    async def run(self, kind, name, transport='udp', host='127.0.0.1'):
        async with self.slots:
            await self.turn()
            place = '[%s]' % host if ':' in host else host
            core, = judge_peers.free_ports(host, 1)
            stem = self.folder / ('client-%s-%s-%s%s' % (kind, name, transport, '6' if ':' in host else ''))
            command = [self.options.imconform, 'run', '--iut', 'client', '--core', '%s:%d' % (place, core),
                       '--ixit', self.write_ixit(kind, name, transport, stem)]
            status = await self.call(command, stem)
            return self.read(stem, status) if isinstance(status, int) else ({}, status)

    @staticmethod
    def write_ixit(kind, name, transport, stem):
        pathlib.Path(str(stem) + '.pw').write_text('correct horse\n')
        client = [sys.executable, str(judge_peers.HERE / 'im_client.py'), '--' + kind, name]
        tester = 'exec %s 2>%s' % (' '.join(map(shlex.quote, client)), shlex.quote(str(stem) + '.peer'))
        path = str(stem) + '.ixit.json'
        pathlib.Path(path).write_text(json.dumps({
            'iut': {'role': 'client', 'transport': transport},
            'users': [{'address': 'sip:alice%d@im.example' % i, 'password_file': str(stem) + '.pw'}
                      for i in range(USERS)],
            'hooks': {'tester': tester},
        }))
        return path


if __name__ == '__main__':
    judge_peers.main(ClientJudge, __doc__)
