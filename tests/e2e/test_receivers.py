"""tests/e2e/test_receivers.py: webhooks as the libraries of their receivers
take them: standardwebhooks and cloudevents of npm.

`npm ci --ignore-scripts --prefix tests/npm` installs them."""
import base64
import json
import os
import shutil
import subprocess
import unittest

from harness import Case, SECRET, item, reply

NPM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                   'npm')
OLD = 'whsec_' + base64.b64encode(bytes(range(100, 132))).decode()
STRANGE = 'whsec_' + base64.b64encode(bytes(32)).decode()


def verify(requests):
    done = subprocess.run(
        ['node', os.path.join(NPM, 'verify.mjs')], check=True, timeout=60,
        input='\n'.join(map(json.dumps, requests)), capture_output=True,
        encoding='utf-8')
    return [json.loads(line) for line in done.stdout.splitlines()]


class Receivers(Case):
    def setUp(self):
        super().setUp()
        self.got = {}
        for path in ('/json', '/event', '/binary'):
            self.site.routes[path] = self.receive

    def receive(self, request):
        self.got[request.path] = {
            'headers': {k.lower(): v for k, v in request.headers.items()},
            'body': request.body.decode(), 'secrets': [SECRET, OLD]}
        return reply(204)

    def test_signatures_and_events(self):
        self.serve('/feed', [item(1, 'Ceasefire "holds" – غزة', 'Quiet.')])
        hook = {'type': 'webhook', 'secret': [SECRET, OLD]}
        daemon = self.daemon(self.config(
            {'wire': {'url': '/feed', 'article': 'never'}},
            {'truce': 'ceasefire'},
            destinations={
                name: {**hook, 'url': f'{self.site.base}/{name}',
                       'format': form}
                for name, form in (('json', 'json'), ('event', 'cloudevents'),
                                   ('binary', 'cloudevents-binary'))})).start()
        for path in ('/json', '/event', '/binary'):
            self.site.wait_seen(path, 1)
        self.assertEqual(daemon.stop(), 0)
        plain, event, binary = (
            self.got[path] for path in ('/json', '/event', '/binary'))
        identity = plain['headers']['webhook-id']
        stamp = int(plain['headers']['webhook-timestamp'])
        later = {**plain['headers'], 'webhook-timestamp': str(stamp - 301)}
        said = verify([
            plain, event, binary,
            {**event, 'form': 'event'}, {**binary, 'form': 'event'},
            {**plain, 'body': plain['body'].replace('holds', 'fails')},
            {**plain, 'headers': later},
            {**plain, 'secrets': [STRANGE]},
        ])
        # Both secrets of a rotation fit.
        for answer in said[:3]:
            self.assertEqual(answer, {'ids': [identity] * 2})
        for answer in said[3:5]:
            self.assertEqual(answer, {'ids': [
                identity, identity, 'urn:tocsin:feed:wire',
                'tocsin.alert.new', 'truce']})
        for answer in said[5:]:
            self.assertIn('error', answer)


if __name__ == '__main__':
    if shutil.which('node') is None or not os.path.isdir(
            os.path.join(NPM, 'node_modules')):
        print('skipped, no npm packages: npm ci --ignore-scripts --prefix '
              'tests/npm')
    else:
        unittest.main()
