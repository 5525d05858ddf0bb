"""tests/e2e/test_destinations.py: programs that are run for alerts, and mails
that are sent."""
import email
import email.policy
import glob
import json
import os
import re
import threading
import time
import unittest

from harness import Case, SECRET, item, reply, rss, run, wait_until
from mailserver import MailServer

HOSTILE = ('Ceasefire $(touch pwned) `touch pwned` ; touch pwned\r\n'
           'Bcc: everyone@example.org\u202e\u2066 " \' \\ %s')


class Exec(Case):
    def script(self, text):
        path = os.path.join(self.folder, 'program')
        with open(path, 'w', encoding='utf-8') as f:
            f.write('#!/bin/sh\n' + text)
        os.chmod(path, 0o700)
        return path

    def ring(self, script, titles, **options):
        self.serve('/feed', [item(i, title, 'Quiet.')
                             for i, title in enumerate(titles)])
        config = self.config(
            {'wire': {'url': '/feed', 'article': 'never'}},
            {'truce': {'match': 'ceasefire', 'severity': 'high'}},
            destinations={'pager': {
                'type': 'exec', 'command': [self.script(script), '--loud'],
                'retry-min': '10ms', 'retry-max': '1s', **options}})
        return self.daemon(config).start(), config

    def files(self, pattern):
        return sorted(glob.glob(os.path.join(self.folder, pattern)))

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding='utf-8') as f:
            return f.read()

    def test_each_alert_once_whatever_its_title(self):
        titles = [HOSTILE, 'ceasefire ' + 'x' * 1000000, 'ceasefire 3']
        daemon, _ = self.ring(
            'test "$*" = --loud || exit 100\n'
            'cat >>"$TOCSIN_ALERT_ID" && mv "$TOCSIN_ALERT_ID" '
            '"got.$TOCSIN_ALERT_ID.$TOCSIN_FILTER.$TOCSIN_SEVERITY"\n',
            titles)
        wait_until(lambda: len(self.files('got.*')) == 3, 20, 'three runs')
        self.assertEqual(daemon.stop(), 0)
        for name in self.files('got.*'):
            document = json.loads(self.read(name))     # one line, once
            self.assertTrue(os.path.basename(name).startswith(
                f'got.{document["data"]["id"]}.truce.high'), name)
        self.assertEqual(self.files('pwned'), [])
        self.assertEqual(daemon.metrics()['delivery_attempts_failed_total'], 0)

    def test_tried_again_refused_and_told(self):
        daemon, _ = self.ring(
            'cat >document\n'
            'if grep -q refused document; then\n'
            '  echo unknown desk >&2; exit 100; fi\n'
            'if ! test -e tried; then\n'
            '  touch tried; echo line is busy >&2; exit 75; fi\n'
            'cp document "got.$TOCSIN_ALERT_ID"\n',
            ['A ceasefire holds', 'A ceasefire refused'])
        daemon.wait_log(r'works again')
        daemon.wait_log(r'alert given up')
        self.assertEqual(daemon.stop(), 0)
        log = daemon.log()
        self.assertRegex(log, r'delivery failed.*status 75.*line is busy')
        self.assertRegex(log, r'given up.*status 100: unknown desk')
        self.assertEqual(len(self.files('got.*')), 1)

    def test_one_that_hangs_stops_neither_reload_nor_end(self):
        hang = 'touch begun; trap "" TERM; sleep 1000 & wait; wait\n'
        daemon, config = self.ring(hang, ['A ceasefire holds'])
        wait_until(lambda: self.files('begun'), 20, 'the program')
        pager = config['destinations']['pager']
        os.unlink(os.path.join(self.folder, 'begun'))
        pager['command'] = [self.script(hang), '--again']
        daemon.reload(config)
        wait_until(lambda: self.files('begun'), 20, 'the program, anew')
        self.assertEqual(daemon.stop(), 0)
        pager['command'] = [self.script('cat >>got\n')]
        daemon.write(config)
        daemon.start()
        wait_until(lambda: self.files('got') and self.read('got').endswith(
            '\n'), 20, 'the alert')
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.read('got').count('\n'), 1)

    def test_a_missing_program_refuses_the_reload(self):
        daemon, config = self.ring('cat >/dev/null\n', ['A ceasefire holds'])
        good = list(config['destinations']['pager']['command'])
        config['destinations']['pager']['command'] = ['/nowhere/pager']
        daemon.reload(config)
        daemon.wait_log(r'/nowhere/pager cannot be executed')
        config['destinations']['pager']['command'] = good
        self.assertEqual(daemon.stop(), 0)


class Private(Case):
    def test_a_network_that_one_destination_may_reach(self):
        """Neither feeds nor other destinations get there with it."""
        self.site.routes['/night'] = reply(200)
        self.serve('/feed', [item(1, 'A ceasefire over there', 'Quiet.')])
        path = os.path.join(self.folder, 'feed.xml')

        def show(number, title):
            with open(path + '.new', 'w', encoding='utf-8') as f:
                f.write(rss([item(number, title, 'Quiet.')]))
            os.rename(path + '.new', path)
        show(5, 'A ceasefire here')
        config = self.config(
            {'far': {'url': '/feed', 'article': 'never'},
             'near': {'url': 'file:feed.xml', 'article': 'never'}},
            {'truce': {'match': 'ceasefire'}})
        config['network']['allow-private'] = []
        desk = config['destinations']['desk']
        night = config['destinations']['night'] = {
            **desk, 'url': self.site.base + '/night'}
        desk['allow-private'] = ['127.0.0.1']
        daemon = self.daemon(config).start()
        self.hook.wait(1)
        refused = r'is not a public address'
        daemon.wait_log(rf'delivery failed.*destination=night.*{refused}')
        daemon.wait_log(rf'feed=far.*{refused}')
        self.assertEqual([d['data']['item']['title']
                          for _, d in self.hook.alerts], ['A ceasefire here'])
        self.assertEqual(self.site.seen('/night'), [])
        self.assertEqual(self.site.seen('/feed'), [])
        night['allow-private'] = desk.pop('allow-private')
        daemon.reload(config)           # and now the other way round
        show(6, 'Another truce, a ceasefire at last')
        self.site.wait_seen('/night', 2)
        daemon.wait_log(rf'delivery failed.*destination=desk.*{refused}')
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(self.hook.attempts), 1)
        self.assertEqual(self.site.seen('/feed'), [])


class Mail(Case):
    def serve_mail(self, *plans):
        server = MailServer(plans=plans)
        self.addCleanup(server.close)
        return server

    def ring(self, server, titles, **options):
        self.serve('/feed', [item(i, title, 'Quiet.')
                             for i, title in enumerate(titles)])
        config = self.config(
            {'wire': {'url': '/feed', 'article': 'never'}},
            {'truce': {'match': 'ceasefire', 'severity': 'high'}},
            destinations={'mail': {
                'type': 'smtp', 'url': f'smtp://127.0.0.1:{server.port}',
                'from': 'tocsin@example.org', 'starttls': 'no',
                'to': ['desk@example.org', 'ops+x@example.net'],
                'retry-min': '10ms', 'retry-max': '1s', **options}})
        return self.daemon(config).start(), config

    def wait_mails(self, server, count):
        wait_until(lambda: len(server.mails) >= count, 20, f'{count} mails')
        return [email.message_from_bytes(
            m['message'], policy=email.policy.default) for m in server.mails]

    def check_mail(self, raw, mail):
        for line in raw.split(b'\n')[:-1]:
            self.assertEqual(line[-1:], b'\r')
            self.assertLessEqual(len(line), 79)
            self.assertTrue(all(32 <= c < 127 for c in line[:-1]), line)
        self.assertEqual(mail.defects, [])
        self.assertEqual(
            sorted(mail.keys()),
            ['Auto-Submitted', 'Content-Type', 'Date', 'From', 'MIME-Version',
             'Message-ID', 'Subject', 'To'])
        self.assertEqual(mail['To'],
                         'desk@example.org, ops+x@example.net')
        self.assertEqual(mail['Auto-Submitted'], 'auto-generated')
        text, attached = mail.iter_parts()
        document = json.loads(attached.get_content())
        self.assertEqual(mail['Message-ID'],
                         f'<{document["data"]["id"]}@tocsin.example.org>')
        self.assertEqual(attached.get_filename(),
                         f'{document["data"]["id"]}.json')
        self.assertIn('HIGH  truce', text.get_content())
        return document, text.get_content().replace('\r\n', '\n')

    def test_titles_stay_in_their_place(self):
        titles = ['Ceasefire', HOSTILE, 'ceasefire ' + 'x' * 1000000,
                  'ceasefire\0\r\n.\r\nQUIT', 'ceasefire =?utf-8?q?a?=',
                  'هدنة ceasefire \u202e\u2028\u2029' + '停' * 300,
                  'ceasefire\r\n\r\n--=_tocsin--']
        server = self.serve_mail()
        daemon, _ = self.ring(server, titles)
        mails = self.wait_mails(server, len(titles))
        wait_until(lambda: server.quits == len(titles), 20, 'goodbyes')
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(mails[0]['Subject'], '[high] truce: Ceasefire')
        self.assertEqual(mails[4]['Subject'],
                         '[high] truce: ceasefire =?utf-8?q?a?=')
        for number, mail in enumerate(mails):
            got = server.mails[number]
            document, text = self.check_mail(got['message'], mail)
            self.assertEqual(got['from'], 'MAIL FROM:<tocsin@example.org>')
            self.assertEqual(got['to'], ['RCPT TO:<desk@example.org>',
                                         'RCPT TO:<ops+x@example.net>'])
            self.assertRegex(mail['Subject'],
                             r'^\[high\] truce: .*[Cc]easefire')
            for bad in '\r\n\0\u202e\u2066\u2028':
                self.assertNotIn(bad, mail['Subject'])
            for bad in '\r\0\u202e\u2066\u2028':
                self.assertNotIn(bad, text)
            self.assertIn('easefire', document['data']['item']['title'])

    def test_what_is_tried_again_and_what_is_not(self):
        later = [
            {'greeting': '421 4.3.2 busy'}, {'greeting': '554 go away'},
            {'EHLO': None}, {'MAIL': '451 4.3.0 later'},
            {'MAIL': '550 5.7.1 not you'}, {'RCPT': '450 greylisted'},
            {'RCPT': '421 4.7.0 bye'},
        ], [
            {'DATA': '451 4.3.0 later'}, {'message': '452 4.3.1 full'},
            {'message': None}, {'DATA': None},
            {'RCPT': '250-' + 'x' * 70000}, {'MAIL': '250 ok\r\n250 ok'},
            {'MAIL': '220 ok\r\nnonsense'},
        ]
        servers = [self.serve_mail(*plans) for plans in later]
        daemon, config = self.ring(servers[0], [])
        mail = config['destinations']['mail']
        config['destinations']['more'] = {
            **mail, 'url': f'smtp://127.0.0.1:{servers[1].port}'}
        daemon.reload(config)
        self.serve('/feed', [item(1, 'A ceasefire holds', 'Quiet.')])
        for name in ('mail', 'more'):
            daemon.wait_log(rf'works again destination={name} attempts=8')
        self.assertEqual(daemon.stop(), 0)
        for server in servers:
            self.assertEqual((server.sessions, len(server.mails)), (8, 1))
        self.assertEqual(daemon.metrics()['dead_letters_total'], 0)

    def test_one_refused_recipient_stops_no_other(self):
        def refuse_desk(handler):
            desk = 'desk@' in handler.server.mail.commands[-1]
            return '550 5.1.1 no such user' if desk else '250 ok'
        server = self.serve_mail(*[{'RCPT': refuse_desk}] * 3)
        daemon, config = self.ring(server, ['Ceasefire 1', 'Ceasefire 2',
                                            'Ceasefire 3'])
        self.wait_mails(server, 3)
        told = 'answered to desk@example.org: 550 5.1.1 no such user'
        wait_until(lambda: re.search(
            rf'(?m)^mail +working +0 .*\n  last error: .*{told}',
            run('tocsin', 'status', '-c', daemon.file,
                cwd=self.folder).stdout), 20, 'a refused recipient in status')
        config['destinations']['mail']['to'].remove('desk@example.org')
        daemon.reload(config)
        self.assertEqual(daemon.stop(), 0)
        for mail in server.mails:
            self.assertEqual(mail['to'], ['RCPT TO:<ops+x@example.net>'])
        self.assertEqual(daemon.log().count(told), 1)
        self.assertEqual(daemon.metrics()['deliveries_total'], 3)
        self.assertEqual(daemon.metrics()['dead_letters_total'], 0)

    def test_refused_for_good(self):
        server = self.serve_mail({'RCPT': '550 5.1.1 no such user'},
                                 {'message': '554 5.6.0 no\x1b[1m'})
        daemon, _ = self.ring(server, ['Ceasefire 1', 'Ceasefire 2',
                                       'Ceasefire 3'])
        mails = self.wait_mails(server, 1)
        self.assertEqual(daemon.stop(), 0)
        self.assertIn('Ceasefire 3', mails[0]['Subject'])
        log = daemon.log()
        self.assertRegex(log, r'given up.*answered to desk@example.org: 550 '
                              r'5.1.1 no such user')
        self.assertRegex(log, r'given up.*answered to the message: 554')
        self.assertNotIn('\x1b', log)

    def test_one_that_hangs_stops_nothing(self):
        """A reply that does not come, at each place: the daemon polls, rings
        elsewhere, reloads and ends; at last the mail arrives once."""
        release = threading.Event()
        self.addCleanup(release.set)
        begun = threading.Semaphore(0)

        def hang(_handler):
            begun.release()
            release.wait(60)
        places = ('greeting', 'EHLO', 'MAIL', 'DATA', 'message')
        server = self.serve_mail(*({place: hang} for place in places))
        daemon, config = self.ring(server, ['A ceasefire holds'],
                                   timeout='1m')
        config['destinations']['desk'] = {
            'type': 'webhook', 'url': self.hook.url, 'secret': SECRET}
        config['filters']['boats'] = {'match': 'ferries', 'notify': ['desk']}
        config['filters']['truce']['notify'] = ['mail']
        daemon.reload(config)
        for number, place in enumerate(places):
            self.assertTrue(begun.acquire(timeout=20), place)
            self.serve('/feed', [item(0, 'A ceasefire holds', 'Quiet.'),
                                 item(9 + number, 'Ferries', 'Quiet.')])
            self.hook.wait(number + 1)
            config['destinations']['mail']['timeout'] = f'{70 + number}s'
            daemon.reload(config)       # the attempt begins anew
        self.wait_mails(server, 1)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(server.mails), 1)
        self.assertLess(daemon.metrics()['loop_longest_ms'], 1000)

    def test_too_slow_is_tried_again(self):
        release = threading.Event()
        self.addCleanup(release.set)
        server = self.serve_mail({'DATA': lambda _: release.wait(60)
                                  and None})
        daemon, _ = self.ring(server, ['A ceasefire holds'], timeout='1s')
        daemon.wait_log(r'delivery failed.*not done within 1 s')
        self.wait_mails(server, 1)
        self.assertEqual(daemon.stop(), 0)

    def test_a_reply_to_the_whole_message_may_take_longer(self):
        def scan(_handler):     # for viruses
            time.sleep(3)
            return '250 2.0.0 clean'
        server = self.serve_mail({'message': scan})
        daemon, _ = self.ring(server, ['A ceasefire holds'], timeout='1s')
        self.wait_mails(server, 1)
        wait_until(lambda: server.quits == 1, 20, 'the goodbye')
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual((server.sessions, len(server.mails)), (1, 1))
        self.assertEqual(daemon.metrics()['deliveries_total'], 1)

    def test_the_network_guard(self):
        server = self.serve_mail()
        daemon, config = self.ring(server, ['A ceasefire holds'], url=(
            f'smtp://localhost:{server.port}'))
        self.wait_mails(server, 1)
        daemon.stop()
        config['network']['allow-private'] = []
        config['feeds'] = {'local': {'url': 'file:feed.xml'}}
        with open(os.path.join(self.folder, 'feed.xml'), 'w',
                  encoding='utf-8') as f:
            f.write(rss([item(5, 'A second ceasefire', 'Quiet.')]))
        daemon.write(config)
        daemon.start()
        daemon.wait_log(r'delivery failed.*not a public address')
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(server.sessions, 1)


if __name__ == '__main__':
    unittest.main()
