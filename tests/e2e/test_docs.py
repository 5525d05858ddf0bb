"""tests/e2e/test_docs.py: what the documents say is what the programs do."""
import glob
import os
import re
import subprocess
import tempfile
import unittest

from harness import run


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


class Docs(unittest.TestCase):
    def check_file(self, path, **env):
        done = run('tocsin', 'check', '-c', path, env={**os.environ, **env})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_commands_of_the_manual_are_those_of_the_program(self):
        listed = re.findall(r'^  ([a-z]+) ', run('tocsin', '--help').stdout,
                            re.M)
        self.assertTrue(listed)
        manual = re.findall(r'^\.It Cm ([a-z]+)',
                            read('docs/man/tocsin.1'), re.M)
        self.assertEqual(sorted(manual), sorted(listed))

    def test_the_example_is_accepted(self):
        self.check_file('docs/example.yaml')

    def test_the_configuration_of_the_readme_is_accepted(self):
        blocks = re.findall(r'```yaml\n(.*?)```', read('README.md'), re.S)
        self.assertEqual(len(blocks), 1)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'tocsin.yaml')
            with open(path, 'w', encoding='utf-8') as f:
                f.write(blocks[0])
            self.check_file(path, DESK_SECRET='whsec_' + 'QUJD' * 11)

    def test_the_query_of_the_readme_matches(self):
        command = re.search(r'^    (echo .*\| )(tocsin match .*)$',
                            read('README.md'), re.M)
        done = subprocess.run(
            command[1] + os.path.join(os.environ['TOCSIN_BUILD'], command[2]),
            shell=True, capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"hits"', done.stdout)

    def test_the_translation_of_the_readme_is_one(self):
        command = re.search(r'^    (tocsin fmt .*)$', read('README.md'), re.M)
        done = subprocess.run(
            os.path.join(os.environ['TOCSIN_BUILD'], command[1]),
            shell=True, capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.stdout, 'lead:(=WHO NEAR/5 outbreak*)\n')
        self.assertIn('lead: is the title', done.stderr)

    def code_of_the_readme(self):
        space = {}
        for code in re.findall(r'```python\n(.*?)```', read('README.md'), re.S):
            exec(code, space)           # our own text
        return space

    def test_the_reader_of_the_readme_takes_alerts_in_order(self):
        take_alerts = self.code_of_the_readme()['take_alerts']
        with tempfile.TemporaryDirectory() as spool:
            new = os.path.join(spool, 'new')
            os.mkdir(new)
            for name in ('20240326T051210.000Z.alr_b.json',
                         '20240326T051209.000Z.alr_a.json'):
                with open(os.path.join(new, name), 'w') as f:
                    f.write(f'{{"data": {{"id": "{name[21:26]}"}}}}\n')
            taken = []
            take_alerts(spool, lambda alert: taken.append(alert['data']['id']))
            self.assertEqual(taken, ['alr_a', 'alr_b'])
            self.assertEqual(os.listdir(new), [])

    def test_the_verifier_of_the_readme_accepts_a_good_webhook_only(self):
        space = self.code_of_the_readme()
        verify, time = space['verify'], space['time']
        secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
        time.time, real = lambda: 1614265330, time.time
        try:
            head = {'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
                    'webhook-timestamp': '1614265330',
                    'webhook-signature': 'v1,bm90IHRoaXMgb25l v1,'
                    'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='}
            body = b'{"test": 2432232314}'
            self.assertTrue(verify(secret, head, body))
            self.assertFalse(verify(secret, head, body + b' '))
            time.time = lambda: 1614265330 + 301
            self.assertFalse(verify(secret, head, body))
        finally:
            time.time = real

    def test_links_of_the_documents_lead_somewhere(self):
        for path in ['README.md', 'SECURITY.md', *glob.glob('docs/*.md')]:
            for link in re.findall(r'\]\(([^):#]+)\)', read(path)):
                there = os.path.join(os.path.dirname(path), link)
                self.assertTrue(os.path.exists(there), f'{path}: {link}')


if __name__ == '__main__':
    unittest.main()
