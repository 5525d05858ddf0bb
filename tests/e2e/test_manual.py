"""tests/e2e/test_manual.py: every example of tocsin-filters(7) is true."""
import json
import os
import re
import subprocess
import unittest

from harness import BUILD, Case

PAGE = 'docs/man/tocsin-filters.7'
FIELDS = {'title': 'title', 'body': 'content', 'url': 'url',
          'author': 'author', 'lang': 'lang', 'tag': 'tags'}
MARK = re.compile(r'^ {4}([+-]) (.+)$')


def displays():
    """The literal displays of the page, without escapes."""
    with open(PAGE, encoding='utf-8') as f:
        page = f.read()
    for text in re.findall(r'^\.Bd -literal.*?\n(.*?)^\.Ed$', page,
                           re.M | re.S):
        yield text.replace('\\&', '').replace('\\e', '\\')


def examples():
    """(query, text, does it match?)"""
    for display in displays():
        if not any(MARK.match(line) for line in display.splitlines()):
            continue
        query = None
        for line in display.splitlines():
            mark = MARK.match(line)
            if mark:
                yield query, mark[2], mark[1] == '+'
            else:
                query = line


def item_of(text):
    """`title: a | body: b`, or a title."""
    if not re.match(r'(title|body|url|author|lang|tag): ', text):
        return {'title': text}
    parts = dict(part.split(': ', 1) for part in text.split(' | '))
    item = {FIELDS[name]: value for name, value in parts.items()}
    if 'tags' in item:
        item['tags'] = [item['tags']]
    return item


def configuration():
    return next(d for d in displays() if d.startswith('entities:\n'))


class Manual(Case):
    def match(self, query, text):
        """Does `tocsin match` find the text?"""
        config = configuration()
        if 'filter:' in query:
            config += '  example: {match: ' + json.dumps(query) + '}\n'
            config += 'feeds: {x: {url: "https://x.invalid/"}}\n'
            config += 'destinations: {x: {type: stdout}}\n'
            name = '-c'
        else:
            config = config[:config.index('filters:\n')]
            name = '--entities'
        path = os.path.join(self.folder, 'tocsin.yaml')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(config)
        options = [name, path] if name == '-c' else [
            '--query', query, name, path]
        done = subprocess.run(
            [os.path.join(BUILD, 'tocsin'), 'match', *options, '-'],
            input=json.dumps(item_of(text)), capture_output=True, text=True,
            timeout=30, check=False)
        self.assertIn(done.returncode, (0, 1), f'{query}\n{done.stderr}')
        hits = [json.loads(line) for line in done.stdout.splitlines()]
        return any(h.get('filter', 'example') == 'example' for h in hits)

    def test_every_example_of_the_manual_is_true(self):
        found = list(examples())
        for query, text, expected in found:
            with self.subTest(query=query, text=text):
                self.assertEqual(self.match(query, text), expected)
        self.assertGreaterEqual(len(found), 80)
        self.assertGreaterEqual(len({query for query, _, _ in found}), 40)

    def test_every_part_of_the_language_has_an_example(self):
        queries = '\n'.join(query for query, _, _ in examples())
        for part in (' AND ', ' OR ', ' NOT ', '(', '"', '=', '*', '?',
                     ' NEAR/', ' PRE/', ' NOT NEAR/', 'ATLEAST/', ' OF (',
                     'title:', 'lead:', 'body:', 'url:', 'author:', 'tag:',
                     'category:', 'lang:', 'filter:', '@', '@"', '/i'):
            self.assertIn(part, queries)

    def test_fmt_takes_every_example_without_a_word(self):
        for query in sorted({query for query, _, _ in examples()}):
            with self.subTest(query):
                done = subprocess.run(
                    [os.path.join(BUILD, 'tocsin'), 'fmt', query],
                    capture_output=True, text=True, timeout=30, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ''))


if __name__ == '__main__':
    unittest.main()
