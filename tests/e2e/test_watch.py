"""tests/e2e/test_watch.py: `tocsin watch` in a pipe."""
import json
import os
import pty
import select
import subprocess
import unittest

from harness import BUILD, Case, item, rss, run


class Watch(Case):
    def watch(self, *arguments, stdout=subprocess.PIPE):
        process = subprocess.Popen(
            [os.path.join(BUILD, 'tocsin'), 'watch', '--match', 'ceasefire',
             '--json', '--every', '1s', '--allow-private', '127.0.0.0/8',
             *arguments],
            stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=subprocess.PIPE, bufsize=0)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        if process.stdout is not None:
            self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def line(self, watch):
        """Its next line of output."""
        ready, _, _ = select.select([watch.stdout], [], [], 20)
        self.assertTrue(ready, 'no output')
        return watch.stdout.readline()

    def test_a_wrong_query_is_shown_as_it_was_written(self):
        done = run('tocsin', 'watch', '--match', 'truce and peace', 'x.xml')
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stderr.startswith('query:1:7: error: '),
                        done.stderr)
        self.assertNotIn('warning', done.stderr)

    def test_it_ends_with_its_reader(self):
        self.serve('/feed', [item(1, 'Ceasefire holds', 'Quiet.')])
        watch = self.watch(self.site.base + '/feed')
        self.assertIn(b'Ceasefire holds', self.line(watch))
        watch.stdout.close()
        self.assertEqual(watch.wait(10), 0)
        self.assertEqual(watch.stderr.read(), b'')

    def test_a_reader_that_sleeps_stops_no_poll(self):
        self.serve('/feed', [item(n, 'Ceasefire holds', 'Quiet. ' * 200)
                             for n in range(100)])
        watch = self.watch(self.site.base + '/feed')
        self.site.wait_seen('/feed', 4)
        for _ in range(100):
            self.assertIn(b'Ceasefire holds', self.line(watch))

    def test_nor_does_a_terminal_that_is_stopped(self):
        self.serve('/feed', [item(n, 'Ceasefire holds', 'Quiet. ' * 200)
                             for n in range(100)])
        master, terminal = pty.openpty()
        self.addCleanup(os.close, master)
        self.watch(self.site.base + '/feed', stdout=terminal)
        os.close(terminal)
        self.site.wait_seen('/feed', 4)
        shown = b''
        while shown.count(b'\r\n') < 100:
            ready, _, _ = select.select([master], [], [], 20)
            self.assertTrue(ready, 'no output')
            shown += os.read(master, 65536)
        self.assertEqual(shown.count(b'{"type":"alert.new"'), 100)

    def test_a_file_is_watched_whatever_its_name(self):
        for name in ('a%20b.xml', '50% #1?.xml', "it's \n.xml",
                     b'caf\xe9.xml'):
            path = os.path.join(os.fsencode(self.folder), os.fsencode(name))
            with open(path, 'w', encoding='utf-8') as f:
                f.write(rss([item(1, 'Ceasefire holds', 'Quiet.')]))
            for word in (path, b'/' + path):
                with self.subTest(word):
                    line = self.line(self.watch(word))
                    self.assertIn(b'Ceasefire holds', line)

    def test_no_two_feeds_get_one_name(self):
        port = self.site.server.server_port
        for n, path in enumerate(('/a', '/b', '/c')):
            self.serve(path, [item(n, f'Ceasefire {n}', 'Quiet.')])
        plain = os.path.join(self.folder, 'feed')
        with open(plain, 'w', encoding='utf-8') as f:
            f.write(rss([item(9, 'Ceasefire 9', 'Quiet.')]))
        watch = self.watch(
            plain, plain, 'http://a-4.invalid/', 'http://a.invalid/',
            f'http://[::1]:{port}/', f'http://127.0.0.1:{port}/a',
            f'http://127.0.0.1:{port}/b', f'http://localhost:{port}/c')
        names = {json.loads(self.line(watch))['data']['item']['feed']['name']
                 for _ in range(5)}
        self.assertEqual(names, {'feed', 'feed_2', '127.0.0.1_6',
                                 '127.0.0.1_7', 'localhost_8'})


if __name__ == '__main__':
    unittest.main()
