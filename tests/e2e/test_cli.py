"""tests/e2e/test_cli.py: what the commands do with output that cannot be
written, input that cannot be read, and foreign bytes."""
import json
import os
import subprocess
import unittest

from harness import BUILD, Case, item, page, rss, run


class Commands(Case):
    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        return path

    def test_output_that_cannot_be_written_is_an_error(self):
        config = self.file('c.yaml', json.dumps({
            'feeds': {'wire': {'url': 'https://wire.invalid/'}},
            'filters': {'truce': {'match': 'ceasefire'}},
            'destinations': {'out': {'type': 'stdout'}}}))
        items = self.file('items', '{"title": "ceasefire"}\n' * 2000)
        feed = self.file('feed', rss([item(1, 'Ceasefire', 'Quiet.')]))
        html = self.file('page', page('Ceasefire', 'It holds. ' * 50))
        for command in (
                ['match', '--query', 'ceasefire', items],
                ['parse', feed],
                ['article', html],
                ['article', '--json', html],
                ['explain', '-c', config, 'truce', '--text', 'ceasefire'],
                ['check', '-c', config],
                ['schema'], ['--help'], ['--version']):
            with self.subTest(command), open('/dev/full', 'wb') as full:
                self.assertEqual(run('tocsin', *command).returncode, 0)
                done = subprocess.run(
                    [os.path.join(BUILD, 'tocsin'), *command], stdout=full,
                    stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    timeout=30, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(b'cannot write', done.stderr)

    def test_check_warns_and_strict_fails(self):
        def check(match, *options):
            config = self.file('config', json.dumps({
                'feeds': {'wire': {'url': 'https://wire.invalid/'}},
                'filters': {'f': {'match': match, 'expect': {}}},
                'destinations': {'out': {'type': 'stdout'}}}))
            return run('tocsin', 'check', '-c', config, *options)
        done = check('US AND port')
        self.assertEqual(done.returncode, 0)
        self.assertIn("did you mean '=US'", done.stderr)
        self.assertEqual(check('US AND port', '--strict').returncode, 1)
        self.assertEqual(check('=US AND port', '--strict').returncode, 0)
        self.assertEqual(check('US AND', '--strict').returncode, 2)

    def test_input_that_cannot_be_read_is_an_error(self):
        done = run('tocsin', 'match', '--query', 'ceasefire', self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn('directory', done.stderr)

    def test_an_article_commands_no_terminal(self):
        text = 'Sirens \x1b[31mred\x07 \x9b2J and \x7fblue. ' + 'More. ' * 50
        html = self.file('page', page('Title', text))
        done = run('tocsin', 'article', html)
        self.assertEqual(done.returncode, 0)
        self.assertIn('Sirens', done.stdout)
        controls = [c for c in done.stdout
                    if (c < ' ' and c != '\n') or '\x7f' <= c < '\xa0']
        self.assertEqual(controls, [])

    def test_a_closed_output_is_no_other_file(self):
        feed = self.file('feed', rss([item(1, 'Ceasefire', 'Quiet.')]))
        done = subprocess.run(
            ['sh', '-c', 'exec "$0" parse "$1" >&-',
             os.path.join(BUILD, 'tocsin'), feed],
            stderr=subprocess.PIPE, timeout=30, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'cannot write', done.stderr)

        watch = subprocess.Popen(
            ['sh', '-c', 'exec "$0" watch --match ceasefire "$1" >&-',
             os.path.join(BUILD, 'tocsin'), feed],
            stderr=subprocess.PIPE)
        self.addCleanup(watch.stderr.close)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        self.assertIn(b'standard output: Bad file descriptor',
                      watch.stderr.readline())
        watch.terminate()
        self.assertEqual(watch.wait(10), 0)


if __name__ == '__main__':
    unittest.main()
