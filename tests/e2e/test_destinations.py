"""tests/e2e/test_destinations.py: programs that are run for alerts."""
import glob
import json
import os
import unittest

from harness import Case, item, wait_until

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


if __name__ == '__main__':
    unittest.main()
