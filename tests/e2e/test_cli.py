"""tests/e2e/test_cli.py: what the commands do with output that cannot be
written, input that cannot be read, and foreign bytes."""
import json
import os
import pty
import re
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
                ['fmt', 'ceasefire'],
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

    def test_check_warns_of_what_cannot_do_anything(self):
        idle = {'feeds': 'nothing is polled', 'filters': 'nothing rings',
                'destinations': 'alerts go nowhere'}
        whole = {'feeds': {'wire': {'url': 'https://wire.invalid/'}},
                 'filters': {'f': {'match': 'truce', 'expect': {}}},
                 'destinations': {'out': {'type': 'stdout'}}}
        for missing in [None, *idle]:
            config = self.file('config', json.dumps(
                {k: v for k, v in whole.items() if k != missing}))
            done = run('tocsin', 'check', '-c', config)
            self.assertEqual(done.returncode, 0)
            self.assertIn('; no expectations\n', done.stdout)
            self.assertEqual([k for k, said in idle.items()
                              if said in done.stderr],
                             [missing] if missing else [], done.stderr)

    def test_colours_are_for_terminals_that_want_them(self):
        config = self.desk(secret={'credential': 'desk'})
        for no_colour, coloured in ((None, True), ('', True), ('1', False)):
            env = {k: v for k, v in os.environ.items() if k != 'NO_COLOR'}
            if no_colour is not None:
                env['NO_COLOR'] = no_colour
            master, terminal = pty.openpty()
            with open(master, 'rb', buffering=0) as out:
                subprocess.run(
                    [os.path.join(BUILD, 'tocsin'), 'explain', 'f', '-c',
                     config, '--text', 'Truce'],
                    env=env, stdout=terminal, timeout=30, check=True)
                os.close(terminal)
                self.assertEqual(b'\x1b[' in out.read(4096), coloured)
        done = run('tocsin', 'explain', 'f', '-c', config, '--text', 'Truce')
        self.assertNotIn('\x1b', done.stdout)

    def test_import_says_that_no_name_is_in_the_languages(self):
        data = self.file('wikidata', json.dumps({'id': 'Q1', 'labels': {
            'en': {'language': 'en', 'value': 'Gaza'}}}))
        done = run('tocsin', 'entity', 'import', '--langs', 'english', data)
        self.assertEqual(done.returncode, 1)
        self.assertIn('Q1: no name of it can be used in the languages asked '
                      'for\n', done.stderr)

    def test_check_says_where_a_weak_name_is_none(self):
        config = self.file('config', json.dumps({
            'entities': {'e': {'names': ['Gaza'], 'weak': ['Okap']}},
            'filters': {'f': {'match': '@e', 'expect': {}}}}))
        done = run('tocsin', 'check', '-c', config)
        self.assertEqual(done.returncode, 2)
        errors = [line for line in done.stderr.splitlines()
                  if line.startswith(config)]
        self.assertEqual(len(errors), 1, done.stderr)
        self.assertIn('expected a map of options', errors[0])

    def desk(self, **options):
        return self.file('config', json.dumps({
            'feeds': {'wire': {'url': 'https://wire.invalid/'}},
            'filters': {'f': {'match': 'truce', 'expect': {'match': ['Truce']}}},
            'destinations': {'desk': {
                'type': 'webhook', 'url': 'https://desk.invalid/', **options}}}))

    def test_check_says_which_destination_would_not_open(self):
        template = self.file('template', '{{data.item.titel}}')
        for options, problem in (
                ({'secret': 'whsec_QUJD'}, 'it needs 24 to 64'),
                ({'format': 'template', 'template': template},
                 'did you mean {{data.item.title}}?'),
                ({'format': 'template', 'template': template + 'x'},
                 'No such file')):
            config = self.desk(**options)
            for command in (['tocsin', 'check'], ['tocsind', '--check']):
                with self.subTest(options=options, command=command):
                    done = run(*command, '-c', config)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(f'{config}:1:', done.stderr)
                    self.assertIn(problem, done.stderr)
        config = self.file('config', json.dumps({
            'feeds': {'wire': {'url': 'https://wire.invalid/'}},
            'filters': {'f': {'match': 'truce', 'expect': {}}},
            'destinations': {'pager': {'type': 'exec',
                                       'command': ['/nonexistent/page']}}}))
        done = run('tocsin', 'check', '-c', config)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('warning: /nonexistent/page', done.stderr)
        self.assertEqual(run('tocsind', '--check', '-c', config).returncode, 2)

    def test_check_warns_of_addresses_that_are_not_contacted(self):
        for url, options, warned in (
                ('http://10.1.2.3/', {}, True),
                ('https://[::1]:8080/', {}, True),
                ('http://LocalHost/', {}, True),
                ('http://10.1.2.3/', {'allow-private': ['10.0.0.0/8']}, False),
                ('http://localhost/', {'allow-private': ['::1']}, False),
                ('http://9.9.9.9/', {}, False),
                ('http://10.example.org/', {}, False)):
            config = self.file('config', json.dumps({
                'feeds': {'f': {'url': url}},
                'network': options,
                'filters': {'f': {'match': 'truce', 'expect': {}}},
                'destinations': {'d': {'type': 'webhook', 'url': url,
                                       'format': 'slack'}}}))
            done = run('tocsin', 'check', '-c', config)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stderr.count('is not a public address'),
                             2 if warned else 0, done.stderr)
            config = self.file('config', json.dumps({
                'feeds': {'f': {'url': 'https://wire.invalid/'}},
                'filters': {'f': {'match': 'truce', 'expect': {}}},
                'destinations': {'d': {'type': 'webhook', 'url': url,
                                       'format': 'slack', **options}}}))
            done = run('tocsin', 'check', '-c', config)
            self.assertEqual(done.stderr.count('is not a public address'),
                             1 if warned else 0, done.stderr)

    def test_two_destinations_do_not_share_a_place(self):
        here = os.path.basename(self.folder)
        for first, second, shared in (
                ({'type': 'stdout'}, {'type': 'stdout', 'format': 'text'}, 2),
                ({'type': 'feed', 'file': '/a'}, {'type': 'feed', 'file': '/a'},
                 2),
                ({'type': 'feed', 'file': 'a'},
                 {'type': 'feed', 'file': f'.//../{here}/a'}, 2),
                ({'type': 'feed', 'file': '/a'}, {'type': 'feed', 'file': '/b'},
                 0)):
            config = self.file('config', json.dumps({
                'feeds': {'wire': {'url': 'https://wire.invalid/'}},
                'filters': {'f': {'match': 'truce', 'expect': {}}},
                'destinations': {'first': first, 'second': second}}))
            for command in (['tocsin', 'check'], ['tocsind', '--check']):
                done = run(*command, '-c', config)
                self.assertEqual(done.returncode, shared, done.stderr)
                self.assertEqual("'first' writes to the same place"
                                 in done.stderr, shared != 0)

    def test_credentials_are_not_looked_up_outside_of_the_unit(self):
        config = self.desk(secret={'credential': 'desk'})
        self.assertNotIn('CREDENTIALS_DIRECTORY', os.environ)
        done = run('tocsin', 'check', '-c', config)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('warning: not looked up', done.stderr)
        self.assertEqual(
            run('tocsin', 'check', '--strict', '-c', config).returncode, 1)
        done = run('tocsind', '--check', '-c', config)
        self.assertEqual(done.returncode, 2)
        self.assertIn('LoadCredential', done.stderr)

    def test_filters_are_tried_without_secrets_and_expectations(self):
        for options in ({'secret': {'env': 'NO_SUCH_VARIABLE'}},
                        {'secret': [{'file': 'no.such.file'}]},
                        {'secret': {'credential': 'desk'}}):
            config = self.desk(**options)
            done = run('tocsin', 'explain', 'f', '-c', config, '--text', 'Truce')
            self.assertEqual(done.returncode, 0, done.stderr)
            items = self.file('items', '{"title": "Truce"}')
            done = run('tocsin', 'match', '-c', config, items)
            self.assertEqual(done.returncode, 0, done.stderr)
        config = self.file('config', json.dumps({
            'feeds': {'wire': {'url': 'https://wire.invalid/'}},
            'filters': {'f': {'match': 'truce', 'expect': {'match': ['War']}}},
            'destinations': {'out': {'type': 'stdout'}}}))
        self.assertEqual(run('tocsin', 'check', '-c', config).returncode, 1)
        done = run('tocsin', 'explain', 'f', '-c', config, '--text', 'War')
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('truce: missing', done.stdout)

    def test_help_fits_a_terminal_and_is_there_for_each_command(self):
        done = run('tocsin', '--help')
        self.assertEqual(done.returncode, 0)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80)
        commands = re.findall(r'^  ([a-z]+) ', done.stdout, re.M)
        self.assertGreater(len(commands), 5)
        for command in commands:
            done = run('tocsin', command, '--help')
            self.assertEqual(done.returncode, 0, command)
            self.assertIn(f'usage: tocsin {command} ', done.stdout)
            self.assertEqual(done.stderr, '')

    def test_a_wrong_option_is_named_once(self):
        for command in ('check', 'watch', 'parse', 'article', 'match',
                        'explain', 'fmt'):
            done = run('tocsin', command, '--qery')
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr.count('--qery'), 1, done.stderr)
            self.assertIn(f'usage: tocsin {command} ', done.stderr)

    def matched(self, query, *lines):
        items = self.file('items', '\n'.join(lines))
        done = run('tocsin', 'match', '--query', query, items)
        return [json.loads(line) for line in done.stdout.splitlines()], done

    def test_each_key_of_an_item_is_read(self):
        for key, query in (('title', 'truce'), ('summary', 'truce'),
                           ('content', 'truce'), ('article', 'truce'),
                           ('author', 'author:truce'), ('url', 'url:truce'),
                           ('tags', 'tag:truce'), ('categories', 'tag:truce')):
            value = ['truce'] if query == 'tag:truce' else 'truce'
            found, done = self.matched(query, json.dumps({key: value}))
            self.assertEqual(len(found), 1, (key, done.stderr))

    def test_what_parse_prints_can_be_matched_and_explained(self):
        feed = self.file('feed', rss([item(1, 'Truce', 'It holds.'),
                                      item(2, 'Rain', 'It pours.')]))
        parsed = run('tocsin', 'parse', feed).stdout
        found, _ = self.matched('holds OR pours OR snows', parsed,
                                '{"items": []}', '{"title": "It snows"}')
        self.assertEqual([i['title'] for i in found],
                         ['Truce', 'Rain', 'It snows'])
        config = self.desk(secret={'credential': 'desk'})
        done = run('tocsin', 'explain', 'f', '-c', config,
                   self.file('parsed', parsed))
        self.assertIn('f matches', done.stdout)
        self.assertIn('f does not match', done.stdout)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], '1: Truce')
        self.assertEqual(lines[lines.index('2: Rain') - 1], '')
        self.assertIn('f does not match', lines[lines.index('2: Rain'):])

    def test_a_query_is_warned_of_as_check_does(self):
        found, done = self.matched('US OR truce', '{"title": "Tell us"}')
        self.assertEqual(len(found), 1)
        self.assertIn("query:1:1: warning: 'US'", done.stderr)
        self.assertIn("did you mean '=US'", done.stderr)

    def test_an_item_without_text_is_warned_about_once(self):
        found, done = self.matched('truce', '{"titel": "truce"}', '{}',
                                   '{"title": "truce"}')
        self.assertEqual(len(found), 1)
        self.assertEqual(done.stderr.count('warning'), 1)
        self.assertIn('items:1: warning', done.stderr)

    def test_input_that_cannot_be_read_is_an_error(self):
        done = run('tocsin', 'match', '--query', 'ceasefire', self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn('directory', done.stderr)

    def test_explain_says_why(self):
        config = self.file('tocsin.yaml', json.dumps({
            'feeds': {'wire': {'url': 'https://wire.invalid/'}},
            'filters': {
                'place': {'match': 'Gaza OR /Rafah?/i', 'not': 'film'},
                'talks': {'match': 'filter:place AND truce NEAR/2 talks'}},
            'destinations': {'out': {'type': 'stdout'}}}))
        items = self.file('items', '{"content": "RAFA: talks on a truce"}\n')
        near = run('tocsin', 'explain', '-c', config, 'talks', items)
        self.assertEqual((near.returncode, near.stderr), (1, ''))
        self.assertIn('the nearest are 3 words apart, not 2', near.stdout)
        self.assertIn('yes filter:place', near.stdout)
        self.assertIn('yes /Rafah?/i: "RAFA" in content at 0', near.stdout)
        done = run('tocsin', 'explain', '-c', config, '--json', 'talks', items)
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, told['matches']), (1, False))
        self.assertEqual(told['match']['of'][0]['filter']['filter'], 'place')
        # Without -c the file of the working directory.
        done = subprocess.run(
            [os.path.abspath(os.path.join(BUILD, 'tocsin')), 'explain',
             'talks', '--text', 'Gaza truce talks'], cwd=self.folder,
            capture_output=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'talks matches', done.stdout)
        done = run('tocsin', 'explain', '-c', config, 'talk', '--text', 'x')
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean 'talks'?", done.stderr)

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

    def fmt(self, *arguments, status=0, **options):
        done = run('tocsin', 'fmt', *arguments, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        if status != 0:
            self.assertEqual(done.stdout, '')
        return done

    def test_fmt_prints_one_form_of_many(self):
        for query in ('Gaza AND (=UN OR "cease fire")',
                      '((“Gaza”)) AND ( ="UN" OR «cease  fire» )',
                      'Gaza\nAND\t(=UN OR "cease fire")\n'):
            with self.subTest(query):
                done = self.fmt(query)
                self.assertEqual(done.stdout,
                                 'Gaza AND (=UN OR "cease fire")\n')
                self.assertEqual(done.stderr, '')

    def test_fmt_mends_operators_in_lower_case_and_says_so(self):
        done = self.fmt('gaza and not\nfilm')
        self.assertEqual(done.stdout, 'gaza AND NOT film\n')
        self.assertIn('query:1:6: warning: read as AND', done.stderr)
        self.assertIn('    gaza and not\n         ^~~\n', done.stderr)

    def test_fmt_shows_where_a_query_is_wrong(self):
        done = self.fmt('gaza AND\n  truce film', status=2)
        self.assertIn('query:2:9: error: two words in a row', done.stderr)
        self.assertIn('      truce film\n            ^~~~\n', done.stderr)
        for bad in ('gaza \x1b[31m', '', '"'):
            with self.subTest(bad):
                self.assertIn('query:1:', self.fmt(bad, status=2).stderr)

    def test_fmt_reads_standard_input(self):
        done = subprocess.run(
            [os.path.join(BUILD, 'tocsin'), 'fmt', '-'], input='a OR\nb\n',
            capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, 'a OR b\n'))

    def test_fmt_translates_from_the_tool_that_is_named(self):
        done = self.fmt('--from', 'factiva', 'gaza w/5 truce')
        self.assertEqual(done.stdout, 'gaza PRE/5 truce\n')
        done = self.fmt('--from', 'nexis', 'gaza! w/5 truc!')
        self.assertEqual(done.stdout, 'gaza* NEAR/5 truc*\n')
        done = self.fmt('--from', 'brandwatch', 'gaza NEAR/5 truce')
        self.assertEqual(done.stdout, 'gaza NEAR/6 truce\n')
        done = self.fmt('--from', 'lucene', '+gaza +truce^2 -film')
        self.assertEqual(done.stdout, 'gaza AND truce AND NOT film\n')
        self.assertIn('query:1:13: warning', done.stderr)
        self.fmt('--from', 'google', 'gaza', status=2)

    def test_fmt_names_the_tool_that_it_takes_or_could_take(self):
        done = self.fmt('hd=gaza adj5 truce')
        self.assertEqual(done.stdout, 'title:(gaza PRE/5 truce)\n')
        self.assertIn('read as a query of factiva', done.stderr)
        done = self.fmt('gaza w/5 truce', status=2)
        self.assertIn('--from factiva or --from nexis', done.stderr)
        done = self.fmt('gaza! AND truce')
        self.assertEqual(done.stdout, 'gaza! AND truce\n')
        self.assertIn('--from nexis', done.stderr)

    def test_fmt_refuses_what_its_translation_cannot_say(self):
        done = self.fmt('--from', 'nexis', 'ga! AND truce', status=2)
        self.assertIn('the translation is refused', done.stderr)
        self.assertIn('a wildcard needs 3 letters', done.stderr)
        done = self.fmt('--from', 'factiva', 'gaza and ns=c11', status=2)
        self.assertIn('query:1:10: error: tocsin has no such codes',
                      done.stderr)


if __name__ == '__main__':
    unittest.main()
