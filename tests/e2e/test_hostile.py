"""tests/e2e/test_hostile.py: titles that mean harm, through every destination
and format of one daemon: what arrives is well-formed, stays in its place and
within the receivers' limits; and no secret of the configuration is seen but
where it belongs."""
import base64
import email
import email.policy
import glob
import json
import os
import re
import subprocess
import unicodedata
import unittest
import xml.etree.ElementTree

from harness import BUILD, SECRET, Case, reply, wait_until
from mailserver import MailServer, certificate

TITLES = [
    'A ceasefire',
    'ceasefire \u0000\u0001\u001b[31m\u009b31m\u007f red',
    'ceasefire \u202e\u2066 reversed \u2069\u200f\ufeff',
    'ceasefire @everyone @here @channel <@U123> <@&1> :smile:',
    'ceasefire <!channel> <!here|x> <https://evil.example/|click>',
    'ceasefire *bold* _it_ ~no~ `code` ```block``` > quote [a](http://b/)',
    'ceasefire\r\nBcc: all@example.org\r\n\r\nX-Evil: 1\r\n.\r\nQUIT',
    'ceasefire\nwebhook-id: forged\nce-id: forged',
    '../../../../etc/ceasefire/../x',
    'ceasefire $(touch pwned) `touch pwned`; touch pwned | %s %n "\' \\',
    'ceasefire </script><script>alert(1)</script>]]></title></entry>'
    '<at>all</at>',
    'ceasefire {{item.title}} {{{data.id}}} {{#data}}x{{/data}}',
    'ceasefire \u2028\u2029\u0085 =?utf-8?q?a?= \ud83d\ude00 \ud800 end',
    'ceasefire ' + '\U0001f600' * 3000,
    'ceasefire ' + 'a\u0301' * 3000,
    'ceasefire ' + '\\"<&>\u0007' * 40000,
    'ceasefire ' + 'x' * (1 << 20),
]
LINKS = ['https://a.example/1', 'javascript:alert(1)',
         'https://a.example/|>)<b "(y\r\nX-Evil: 1', 'file:///etc/passwd',
         'https://u:p@a.example/\u202e', 'https://a.example/' + 'y' * 9000]
FORMATS = ['json', 'cloudevents', 'cloudevents-binary', 'slack', 'discord',
           'teams', 'mattermost', 'ntfy', 'template']
TEMPLATE = ('{"text": "{{data.item.title}}", "also": "{{data.excerpt}} '
            '{{data.item.feed.title}} {{data.evidence.etag}}"}')
HIDDEN = {                       # what must not be seen
    'feed password': 'hush-feed', 'mail password': 'hush-mail',
    'hook path': 'hush-path', 'broken hook path': 'hush-down',
    'refused hook path': 'hush-away', 'signing secret': SECRET,
    'its bytes': SECRET[len('whsec_'):-4],
    'redirect password': 'hush-redirect',
    'base64 of the feed password': base64.b64encode(
        b'reader:hush-feed').decode()[:-4],
    'base64 of the mail password': base64.b64encode(
        b'\0desk\0hush-mail').decode()[:-4],
}
# No line of people's output or of the log holds one of these.
HARMFUL = {c for c in map(chr, range(0x110000)) if unicodedata.category(c) in
           ('Cc', 'Zl', 'Zp', 'Cs')} - {'\n', '\t'} | set(
               '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')


def units(text):
    return len(text.encode('utf-16-le', 'surrogatepass')) // 2


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from strings(key)
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def markdown(value):
    """Texts in Slack's blocks that are not plain_text."""
    if isinstance(value, list):
        for one in value:
            yield from markdown(one)
    elif isinstance(value, dict) and value.get('type') == 'mrkdwn':
        yield value['text']
    elif isinstance(value, dict):
        yield from markdown(list(value.values()))


class Hostile(Case):
    def setUp(self):
        super().setUp()
        self.mail = MailServer()
        self.addCleanup(self.mail.close)
        self.locked = MailServer('smtps', certificate(self.folder),
                                 offers=['AUTH PLAIN LOGIN'])
        self.addCleanup(self.locked.close)
        for name in FORMATS:
            self.site.routes[self.asked(name)] = reply(200)
        self.site.routes['/hush-away'] = reply(500, 'no \x1b[1m\r\n hush')
        self.site.routes['/feed'] = self.feed
        self.site.routes['/moved'] = reply(301, '', [(
            'Location', self.site.base.replace('//', '//r:hush-redirect@')
            + '/nothing')])
        self.site.routes['/astray'] = reply(302, '', [(
            'Location', 'gopher://r:hush-redirect@a.example/\x1b[1m')])

    @staticmethod
    def path(name):
        return f'/hush-path/{name}/topic'

    def asked(self, name):
        """Where the format's requests go."""
        more = {'discord': '?wait=true'}.get(name, '')
        path = self.path(name)
        return path[:-len('topic')] if name == 'ntfy' else path + more

    def feed(self, request):
        if request.headers['Authorization'] is None:
            return reply(401)
        return reply(200, json.dumps({
            'version': 'https://jsonfeed.org/version/1.1',
            'title': 'Feed \u202e<!channel> @everyone\r\nX: y',
            'authors': [{'name': 'Eve \u009b1m <@U1> ../../x'}],
            'items': [{'id': f'../{n}\r\nX-Evil: \u202e', 'title': title,
                       'url': LINKS[n % len(LINKS)], 'tags': ['@here'],
                       'content_text': title[::-1] + ' ceasefire ' + title}
                      for n, title in enumerate(TITLES)],
        }), [('Content-Type', 'application/feed+json'),
             ('ETag', '"\xff\u00ad<!here>\t@everyone"')])

    def destinations(self):
        program = os.path.join(self.folder, 'program')
        with open(program, 'w', encoding='utf-8') as f:
            f.write('#!/bin/sh\ncat >"got.$1.$TOCSIN_ALERT_ID"\n'
                    'env >"env.$TOCSIN_ALERT_ID"\n'
                    'mv "got.$1.$TOCSIN_ALERT_ID" "$1.$TOCSIN_ALERT_ID"\n')
        os.chmod(program, 0o700)
        with open(os.path.join(self.folder, 'template'), 'w',
                  encoding='utf-8') as f:
            f.write(TEMPLATE)
        hook = {'type': 'webhook', 'secret': SECRET, 'gap': '0s',
                'retry-min': '10ms', 'retry-max': '1s'}
        mail = {'type': 'smtp', 'url': f'smtp://127.0.0.1:{self.mail.port}',
                'from': 'tocsin@example.org', 'to': ['desk@example.org'],
                'starttls': 'no', 'gap': '0s'}
        made = {f'w-{name}': {**hook, 'format': name,
                              'url': self.site.base + self.path(name)}
                for name in FORMATS}
        made['w-template']['template'] = 'template'
        return {
            **made,
            'spool': {'type': 'spool', 'dir': 'spool'},
            'run': {'type': 'exec', 'command': [program, 'json']},
            'run-text': {'type': 'exec', 'command': [program, 'text'],
                         'format': 'text'},
            'mail': mail,
            'mail-locked': {
                **mail, 'url': f'smtps://localhost:{self.locked.port}',
                'auth': {'user': 'desk', 'password': 'hush-mail'}},
            'atom': {'type': 'feed', 'file': 'alerts.xml'},
            'out': {'type': 'stdout'},
            'down': {**hook, 'url': 'http://127.0.0.1:1/hush-down?hush-down'},
            'away': {**hook, 'url': self.site.base + '/hush-away'},
        }

    def tocsin(self, *words):
        done = subprocess.run(
            [os.path.join(BUILD, 'tocsin'), words[0], '-c', 'tocsin.yaml',
             *words[1:]], cwd=self.folder, capture_output=True, timeout=60,
            check=False)
        return (done.stdout + done.stderr).decode()

    def files(self, pattern):
        return sorted(glob.glob(os.path.join(self.folder, pattern)))

    def read(self, path):
        with open(os.path.join(self.folder, path), 'rb') as f:
            return f.read()

    def ring(self):
        config = self.config(
            {'wire': {'url': '/feed', 'article': 'never',
                      'auth': {'user': 'reader', 'password': 'hush-feed'}},
             'locked': '/feed', 'moved': '/moved', 'astray': '/astray'},
            {'truce': {'match': 'ceasefire', 'severity': 'high',
                       'group': 'none'}},
            destinations=self.destinations())
        daemon = self.daemon(config).start()
        count = len(TITLES)
        for name in FORMATS:
            self.site.wait_seen(self.asked(name), count)
        self.site.wait_seen('/hush-away', 2)
        for pattern in ('json.*', 'text.*', 'spool/new/*'):
            wait_until(lambda: len(self.files(pattern)) == count, 60, pattern)
        wait_until(lambda: len(self.mail.mails) == count, 60, 'mails')
        wait_until(lambda: self.read('alerts.xml').count(b'<entry>') == count,
                   60, 'entries')
        wait_until(lambda: self.read('stdout').count(b'\n') >= count, 60,
                   'lines')
        for word in ('mail-locked', 'down', 'away'):
            daemon.wait_log(f'delivery failed.*destination={word}')
        for word in ('locked', 'moved', 'astray'):
            daemon.wait_log(f'feed failed feed={word}')
        return daemon

    def test_every_way_out(self):
        daemon = self.ring()
        said = self.ask()
        state = b''.join(self.read(p) for p in self.files('state/*')
                         if not p.endswith(('control', 'lock')))
        self.assertEqual(daemon.stop(), 0)
        self.identities = {os.path.basename(p)[len('json.'):]
                           for p in self.files('json.*')}
        self.check_hooks()
        self.check_documents()
        self.check_mails()
        self.check_atom()
        self.check_people(said, daemon.log())
        self.check_secrets(said, daemon.log(), state)
        left = daemon.metrics()
        self.assertEqual(left['items_error_total'], 0)
        self.assertEqual(left['dead_letters_total'], 0)

    def ask(self):
        said = {words: self.tocsin(*words) for words in (
            ('status',), ('status', '--json'), ('poll', 'moved'),
            ('poll', 'x\x1b[1m'), ('pause', 'down'), ('resume', 'down'),
            ('resume', '\u202e'), ('silence', '\x1b[1m', '1h'),
            ('check',))}
        json.loads(said['status', '--json'])
        return said

    def bodies(self, name):
        return [r.body.decode() for r in self.site.seen(self.asked(name))]

    def check_hooks(self):
        usual = {'host', 'accept', 'accept-encoding', 'user-agent',
                 'content-type', 'content-length', 'webhook-id',
                 'webhook-timestamp', 'webhook-signature'}
        for name in FORMATS:
            for request in self.site.seen(self.asked(name)):
                head = {k.lower() for k in request.headers}
                self.assertEqual(
                    {h for h in head - usual if not h.startswith('ce-')},
                    set(), name)
                self.assertEqual(any(h.startswith('ce-') for h in head),
                                 name == 'cloudevents-binary', head)
                self.assertIn(request.headers['webhook-id'], self.identities)
                for value in request.headers.values():
                    self.assertTrue(all(' ' <= c <= '~' for c in value), value)
        self.check_limits()

    def check_limits(self):
        for body in map(json.loads, self.bodies('slack')):
            for text in (body['text'], *markdown(body['blocks'])):
                self.assertLessEqual(units(text), 40000)
                self.assertIsNone(
                    re.search(r'<(?!https?://[^<>|\s]*\|[^<>]*>)', text),
                    text[:200])
            for block in body['blocks']:
                most = 150 if block['type'] == 'header' else 3000
                for text in strings(block.get('text', {})):
                    self.assertLessEqual(units(text), most)
        for body in map(json.loads, self.bodies('discord')):
            self.assertEqual(body['allowed_mentions'], {'parse': []})
            (embed,) = body['embeds']
            self.assertLessEqual(units(embed['title']), 256)
            self.assertLessEqual(units(embed.get('description', '')), 4096)
            self.assertLessEqual(sum(map(units, strings(embed))), 6000)
        for body in self.bodies('teams'):
            json.loads(body)
            self.assertLessEqual(len(body.encode()), 28 * 1024)
            for markup in ('"TextBlock"', '"msteams"'):
                self.assertNotIn(markup, body)
        for body in self.bodies('mattermost'):
            self.assertLessEqual(max(map(units, strings(json.loads(body)))),
                                 16383)
        for body in map(json.loads, self.bodies('ntfy')):
            self.assertLessEqual(len(body['message'].encode()), 4096)
            self.assertLessEqual(len(body['title'].encode()), 250)
        for name in ('slack', 'discord', 'teams', 'mattermost', 'ntfy'):
            for text in strings(list(map(json.loads, self.bodies(name)))):
                self.assertEqual(HARMFUL & set(text), set(), (name, text[:99]))
        for body in map(json.loads, self.bodies('template')):
            self.assertEqual(set(body), {'text', 'also'})

    def check_documents(self):
        """All that carry the document carry the same one."""
        spooled = {}
        for path in self.files('spool/new/*'):
            self.assertRegex(os.path.basename(path),
                             r'^[0-9TZ.]+\.alr_[a-z2-7]{28}\.json$')
            document = json.loads(self.read(path))
            spooled[document['data']['id']] = document
        self.assertEqual(set(spooled), self.identities)
        for name in self.identities:
            self.assertEqual(json.loads(self.read('json.' + name)),
                             spooled[name])
        for body in map(json.loads, self.bodies('json')):
            self.assertEqual(body, spooled[body['data']['id']])
        for body in map(json.loads, self.bodies('cloudevents')):
            self.assertEqual(body['data'], spooled[body['id']]['data'])
        for request in self.site.seen(self.asked('cloudevents-binary')):
            self.assertEqual(json.loads(request.body),
                             spooled[request.headers['ce-id']]['data'])
        lines = [json.loads(line) for line in self.read('stdout').splitlines()]
        self.assertEqual({d['data']['id']: d for d in lines}, spooled)
        for document in spooled.values():
            for text in strings(document):
                self.assertLessEqual(len(text.encode()), 8192)
            self.assertEqual(document['data']['evidence']['url'],
                             self.site.base + '/feed')
        self.assertEqual(self.files('pwned') + self.files('../pwned'), [])

    def check_mails(self):
        for got in self.mail.mails:
            self.assertEqual(got['to'], ['RCPT TO:<desk@example.org>'])
            mail = email.message_from_bytes(got['message'],
                                            policy=email.policy.default)
            self.assertEqual(mail.defects, [])
            self.assertNotIn('X-Evil', mail)
            self.assertNotIn('Bcc', mail)
            self.assertEqual(HARMFUL & set(mail['Subject']), set())
            self.assertRegex(mail['Subject'], r'^\[high\] truce: .*easefire')
            text, attached = mail.iter_parts()
            self.assertIn(json.loads(attached.get_content())['data']['id'],
                          self.identities)
            plain = text.get_content().replace('\r\n', '\n')
            self.assertEqual(HARMFUL & set(plain), set())

    def check_atom(self):
        atom = '{http://www.w3.org/2005/Atom}'
        root = xml.etree.ElementTree.fromstring(self.read('alerts.xml'))
        entries = root.findall(atom + 'entry')
        self.assertEqual(len(entries), len(TITLES))
        for entry in entries:
            self.assertIn('easefire', entry.find(atom + 'title').text)
            for link in entry.findall(atom + 'link'):
                self.assertRegex(link.get('href'), r'^https?://[^\s<>"]+$')

    def check_people(self, said, log):
        """Nothing that a terminal obeys, no line that was smuggled in."""
        texts = dict(said)
        for path in self.files('text.*'):
            texts[path] = self.read(path).decode()
        texts['the log'] = log
        for where, text in texts.items():
            self.assertEqual(HARMFUL & set(text), set(), where)
        for line in log.splitlines():
            if ' info: ' in line or ' warn: ' in line:
                self.assertRegex(line, r'^\d{4}-\d\d-\d\dT[\d:.]+Z \w+: ')
        for path in self.files('env.*'):
            names = {line.split(b'=')[0].decode()
                     for line in self.read(path).splitlines()}
            self.assertEqual(
                {n for n in names if n.startswith('TOCSIN_')}
                - {'TOCSIN_ALERT_ID', 'TOCSIN_FILTER', 'TOCSIN_SEVERITY',
                   'TOCSIN_TYPE'}, set())

    def check_secrets(self, said, log, state):
        places = {'the log': log.encode(), 'the state': state,
                  'stdout': self.read('stdout'),
                  'the Atom file': self.read('alerts.xml')}
        places.update({' '.join(w): t.encode() for w, t in said.items()})
        for pattern in ('json.*', 'text.*', 'env.*', 'spool/new/*'):
            places.update({p: self.read(p) for p in self.files(pattern)})
        for name in FORMATS:
            places['to ' + name] = '\n'.join(self.bodies(name)).encode()
            places['head of ' + name] = '\n'.join(
                str(r.headers) for r in self.site.seen(self.asked(name))
            ).encode()
        for number, got in enumerate(self.mail.mails):
            places[f'mail {number}'] = got['message']
        for where, text in places.items():
            for what, secret in HIDDEN.items():
                if (where, what) == ('the state', 'redirect password'):
                    continue     # where the feed has moved to
                if secret.encode() in text:
                    self.fail(f'{what} in {where}')


if __name__ == '__main__':
    unittest.main()
