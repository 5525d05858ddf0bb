"""tests/e2e/test_evidence.py: what an alert says of where it came from is so:
hashes are computed anew, from the bytes that the server sent."""
import gzip
import hashlib
import http.server
import json
import os
import re
import threading
import unittest

from harness import (Case, Clock, FEED_TYPE, PAGE_TYPE, Site, item, page, reply,
                     rss, wait_until)

RUSSIAN = ('<?xml version="1.0" encoding="windows-1251"?>\n<rss version="2.0">'
           '<channel><title>Лента</title>\n<item>\n <title>Объявлено перемирие'
           '</title><guid>ru-1</guid></item ><item><guid>ru-2</guid>'
           '<title>Погода — «ясно»</title></item></channel></rss>')
ATOM = ('\ufeff<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">'
        '<title>Atom</title><id>urn:f</id><updated>2024-01-01T00:00:00Z'
        '</updated>{}</feed>')
ENTRY = ('<entry\n  xml:lang="en"><id>urn:{0}</id><title type="html">A '
         'ceasefire &amp;amp; more {0}</title><content type="xhtml"><div '
         'xmlns="http://www.w3.org/1999/xhtml"><p>entry ☮</p></div></content>'
         '</entry>')
JSON = ('{"version": "https://jsonfeed.org/version/1.1", "title": "J",\n'
        ' "items": [\n  {"id": "j1", "title": "Sun", "tags": ["{"]},\n'
        '  {"id": "j2", "title": "A ceasefire \\u0041 }{ \\" ☮",\n'
        '   "authors": [{"name": "n"}]}\n]}')
VALIDATORS = [('ETag', '"v-1"'),
              ('Last-Modified', 'Tue, 26 Mar 2024 05:11:58 GMT')]


def sha256(data):
    return hashlib.sha256(
        data.encode() if isinstance(data, str) else data).hexdigest()


class ByteByByte(http.server.BaseHTTPRequestHandler):
    """Each byte of server.bodies is a chunk of its own."""
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        self.send_response_only(200)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        self.wfile.write(b''.join(b'1\r\n%c\r\n' % byte
                                  for byte in self.server.bodies[self.path])
                         + b'0\r\n\r\n')

    def log_message(self, *_):
        pass


class Evidence(Case):
    def ring(self, feeds, **options):
        """Evidence of each alert by the id of its item."""
        feeds = {name: {'url': path, 'article': 'never', **options}
                 for name, path in feeds.items()}
        self.rings = self.daemon(self.config(
            feeds, {'truce': {'match': 'ceasefire OR перемирие OR pax',
                              'group': 'none'}}))
        self.clock = Clock(self.folder)
        self.rings.env = self.clock.env
        return self.rings.start()

    def evidence(self, count):
        return {d['data']['item']['id']: d['data']['evidence']
                for _, d in self.hook.wait(count)}

    def test_hashes_and_validators(self):
        document = rss([item(1, 'A ceasefire holds', 'Quiet. <item>'),
                        item(2, 'Gales', 'None.'),
                        item(3, 'Another ceasefire', 'x' * 700000)])
        atom = ATOM.format(ENTRY.format(1) + ENTRY.format(2))
        self.site.routes.update({
            '/old?key=1': reply(301, '', [('Location', self.site.base.replace(
                '//', '//me:hush@') + '/rss?key=1')]),
            '/rss?key=1': reply(200, document, FEED_TYPE + VALIDATORS),
            '/ru': reply(200, RUSSIAN.encode('windows-1251')),
            '/atom': reply(200, gzip.compress(atom.encode()),
                           [('Content-Encoding', 'gzip')]),
            '/json': reply(200, JSON, [('Content-Type',
                                        'application/feed+json')]),
        })
        with open(os.path.join(self.folder, 'f.xml'), 'w',
                  encoding='utf-8') as f:
            f.write(rss([item(9, 'A ceasefire on disk', '')]))
        self.ring({'rss': '/old?key=1', 'ru': '/ru', 'atom': '/atom',
                   'json': '/json',
                   'file': f'file:{self.folder}/f.xml'})
        got = self.evidence(7)
        items = re.findall(r'<item>.*?</item>', document, re.S)
        russian = re.findall(r'<item>.*?</item *>', RUSSIAN, re.S)
        entries = re.findall(r'<entry\s.*?</entry>', atom, re.S)
        text = JSON[JSON.index('{"id": "j2"'):JSON.rindex(']')].rstrip()
        self.assertEqual(json.loads(text)['id'], 'j2')
        self.assertEqual(
            {k: v['sha256'] for k, v in got.items() if k != 'item-9'},
            {'item-1': sha256(items[0]), 'item-3': sha256(items[2]),
             'ru-1': sha256(russian[0]), 'urn:1': sha256(entries[0]),
             'urn:2': sha256(entries[1]), 'j2': sha256(text)})
        first = dict(got['item-1'])
        fetched = first.pop('fetched')
        self.assertRegex(fetched, r'^20\d\d-.*T.*Z$')
        self.assertEqual(first, {
            'url': self.site.base + '/rss?key=1', 'etag': '"v-1"',
            'last_modified': 'Tue, 26 Mar 2024 05:11:58 GMT',
            'sha256': sha256(items[0])})
        self.assertEqual(set(got['ru-1']), {'url', 'sha256', 'fetched'})
        self.assertEqual(got['item-9']['url'], f'file:{self.folder}/f.xml')
        self.assertNotIn('hush', json.dumps(self.hook.alerts))
        self.assertNotIn('hush', self.rings.log())

    def test_of_documents_that_come_byte_by_byte(self):
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), ByteByByte)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, args=(0.05,),
                         daemon=True).start()
        atom = ATOM.format(ENTRY.format('7'))
        server.bodies = {'/ru': RUSSIAN.encode('windows-1251'),
                         '/atom': atom.encode(), '/json': JSON.encode()}
        self.ring({path[1:]: f'http://127.0.0.1:{server.server_port}{path}'
                   for path in server.bodies})
        got = self.evidence(3)
        self.assertEqual(
            {name: found['sha256'] for name, found in got.items()},
            {'ru-1': sha256(re.search('<item>.*?</item *>', RUSSIAN, re.S)[0]),
             'urn:7': sha256(re.search('<entry.*</entry>', atom, re.S)[0]),
             'j2': sha256(JSON[JSON.index('{"id": "j2"'):JSON.index('\n]}')])})

    def test_of_an_item_that_was_changed(self):
        texts = [item(1, f'A ceasefire {what}', 'Quiet.')
                 for what in ('holds', 'is over: 12 hurt')]
        self.serve('/feed', texts[:1])
        self.ring({'wire': '/feed'})
        self.hook.wait(1)
        self.clock.shift(11 * 60 * 1000)     # the pause between two alerts
        self.serve('/feed', texts[1:])
        self.assertEqual(
            [(d['type'], d['data']['evidence']['sha256'])
             for _, d in self.hook.wait(2)],
            [(t, sha256(text.rstrip('\n'))) for t, text in
             zip(('alert.new', 'alert.update'), texts)])

    def test_of_an_article_and_of_the_feed_before_a_restart(self):
        other = Site()
        self.addCleanup(other.close)
        may_answer = threading.Event()
        self.addCleanup(may_answer.set)
        document = rss([item(1, 'A visit is off', 'No reason.',
                             other.base + '/report')])
        report = page('A visit is off', 'A pax was agreed on Monday. ' * 60)

        def hang(_):
            may_answer.wait(60)
            return reply(302, '', [('Location', '/full?a=b')])
        other.routes.update({'/report': hang,
                             '/full?a=b': reply(200, report, PAGE_TYPE)})
        self.site.routes['/feed'] = reply(200, document,
                                          FEED_TYPE + VALIDATORS)
        daemon = self.ring({'wire': '/feed'}, article='auto')
        other_asked = 'the article is asked for'
        wait_until(lambda: len(other.requests) != 0, 20, other_asked)
        self.assertEqual(daemon.stop(), 0)
        self.site.routes['/feed'] = reply(200, rss([]), FEED_TYPE)
        may_answer.set()
        daemon.start()
        found = self.evidence(1)['item-1']
        fetched = found.pop('fetched')
        self.assertLess(fetched, self.hook.alerts[0][1]['timestamp'])
        self.assertEqual(found, {
            'url': self.site.base + '/feed', 'etag': '"v-1"',
            'last_modified': 'Tue, 26 Mar 2024 05:11:58 GMT',
            'sha256': sha256(re.search('<item>.*?</item>', document, re.S)[0]),
            'article_url': other.base + '/full?a=b',
            'article_sha256': sha256(report)})
        self.assertEqual(daemon.stop(), 0)


if __name__ == '__main__':
    unittest.main()
