"""tests/e2e/test_entity.py: entities of Wikidata become entities of a
configuration."""
import gzip
import json
import os
import subprocess
import unittest

from harness import BUILD, Case, run


def texts(values):
    return {lang: {'language': lang, 'value': v} for lang, v in values.items()}


def lists(values):
    return {lang: [{'language': lang, 'value': v} for v in many]
            for lang, many in values.items()}


def entity(qid, labels, aliases, classes=(), **codes):
    claims = {p: [{'mainsnak': {'datavalue': {'value': v}}}]
              for p, v in codes.items()}
    claims['P31'] = [{'mainsnak': {'datavalue': {'value': {'id': c}}}}
                     for c in classes]
    return {'type': 'item', 'id': qid, 'labels': texts(labels),
            'aliases': lists(aliases), 'claims': claims,
            'descriptions': texts({'en': 'x: "quoted"\n# and more'})}


USA = entity(
    'Q30',
    {'en': 'United States', 'fr': 'États-Unis', 'he': 'ארצות הברית'},
    {'en': ['US', 'us', 'America', 'United States of America', 'U (S)'],
     'he': ['ארה"ב']},
    ['Q6256'], P297='US')
TURKEY = entity(
    'Q43', {'en': 'Turkey', 'tr': 'Türkiye', 'nb': 'Tyrkia', 'ko': '튀르키예'},
    {'en': ['TR', 'Türkiye']}, P297='TR')
MERKEL = entity(
    'Q567', {'en': 'Angela Merkel', 'de': 'Angela Merkel'},
    {'en': ['Merkel', 'Mutti']}, ['Q5'])
PROPERTY = {'type': 'property', 'id': 'P31', 'labels': {}}
ALL = [USA, TURKEY, PROPERTY, MERKEL]


class Entities(Case):
    def file(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, 'wb') as f:
            f.write(data.encode() if isinstance(data, str) else data)
        return path

    def read(self, data, *arguments):
        return run('tocsin', 'entity', 'import', self.file('in', data),
                   *arguments)

    def test_all_forms_say_the_same(self):
        lines = '\n'.join(json.dumps(e) for e in ALL)
        forms = [
            json.dumps({'entities': {e['id']: e for e in ALL}, 'success': 1}),
            json.dumps({'success': 1, 'entities': {e['id']: e for e in ALL}},
                       indent=2, ensure_ascii=False),
            '\n'.join(json.dumps({'entities': {e['id']: e}}) for e in ALL),
            '[\n' + ',\n'.join(json.dumps(e) for e in ALL) + '\n]\n',
            json.dumps(ALL, indent=1), lines, lines + '\n' + lines,
            gzip.compress(lines.encode())]
        said = [self.read(form) for form in forms]
        for done in said:
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            self.assertEqual(done.stdout, said[0].stdout)
        with open(os.path.join(self.folder, 'in'), 'rb') as f:
            piped = subprocess.run(
                [os.path.join(BUILD, 'tocsin'), 'entity', 'import'], stdin=f,
                stdout=subprocess.PIPE, timeout=30, check=True)
        self.assertEqual(piped.stdout.decode(), said[0].stdout)

    def test_what_comes_out_is_a_configuration(self):
        config = self.read(json.dumps(ALL)).stdout + (
            'feeds: {a: {url: "https://a.invalid/"}}\n'
            'destinations: {s: {type: stdout}}\n'
            'filters:\n'
            '  us:\n'
            '    match: "@united-states"\n'
            '    expect:\n'
            '      match: [The US votes, ארה"ב תוקפת, aux États-Unis]\n'
            '      no: [tell us, America]\n'
            '  tr:\n'
            '    match: "@Q43"\n'
            '    expect:\n'
            '      match: [Turkey votes, Tyrkia, 튀르키예는]\n'
            '      no: [roast turkey, TR]\n'
            '  merkel:\n'
            '    match: "@\\"Angela Merkel\\""\n'
            '    expect: {match: [Merkel goes], no: [Mutti]}\n')
        done = run('tocsin', 'check', '--strict', '-c',
                   self.file('config', config))
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn('3 entities', done.stdout)
        for left in ('America (unlike the label)', 'TR (a code)',
                     'U (S) (signs)', 'us (a frequent word)'):
            self.assertIn(left, config)

    def test_ids_and_languages_restrict(self):
        done = self.read(json.dumps(ALL), '--langs', 'no,ko', 'Q43')
        self.assertEqual(done.returncode, 0)
        self.assertIn('"ko": ["튀르키예"]\n      "no": ["Tyrkia"]\n',
                      done.stdout)
        for absent in ('Türkiye', 'Q30', 'Merkel'):
            self.assertNotIn(absent, done.stdout)
        done = self.read(json.dumps(ALL), 'Q43', 'Q44')
        self.assertEqual(done.returncode, 1)
        self.assertIn('Q43', done.stdout)
        self.assertEqual(done.stderr, 'tocsin entity: Q44 is not in it\n')
        done = self.read(json.dumps(ALL), '--all')
        self.assertIn('"America"', done.stdout)

    def test_equal_labels_get_keys_of_their_own(self):
        one, two = (entity(q, {'en': 'Springfield'}, {}) for q in ('Q1', 'Q2'))
        done = self.read(json.dumps([one, two, entity('Q3', {'ar': 'غزة'}, {})]))
        for key in ('"springfield":', '"springfield-q2":', '"q3":'):
            self.assertIn(key, done.stdout)

    def test_what_is_wrong_is_said_with_its_line(self):
        good = json.dumps(MERKEL)
        cut = gzip.compress((good * 50).encode())[:-9]
        for data, said in (
                ('hello', 'in:1: this is no JSON of entities'),
                ('', 'no entity in it'),
                ('{}', 'in:1: this has no id: it is no entity'),
                (good + '\n\n{"id": "Q1",\n "labels": {"en":}}',
                 'in:4: unexpected token'),
                (good + '\n' + good[:-5],
                 'in:2: the file ends inside the entity that begins here'),
                ('{"entities": {', 'in:1: the file ends too early'),
                (cut, 'cannot be unpacked: unexpected end of file'),
                ('{"entities": {"Q9": {"id": "Q9", "missing": ""}}}',
                 'Q9: Wikidata has no such entity'),
                ('{"id": "Q9", "labels": {"en": "(x)"}}',
                 'Q9: no name of it can be used')):
            with self.subTest(said):
                done = self.read(data)
                self.assertIn(said, done.stderr)
                self.assertIn(done.returncode, (1, 2))

    def test_foreign_texts_do_no_harm(self):
        bad = entity('Q1', {'en': 'Safe', 'de': 'a\x1b[31m', 'fr': '\ufeffb',
                            'es': 'x"]\n  evil: {}', 'it': 'quo"te',
                            '"]: [': 'key'},
                     {'en': ['Safe\n# x', 'Safe \u202e name']})
        bad['descriptions'] = texts({'en': 'a\n  evil:\r x\x1b[31m\u2028y'})
        done = self.read(json.dumps(bad))
        self.assertEqual(done.returncode, 0)
        self.assertNotIn('\x1b', done.stdout)
        config = done.stdout + (
            'feeds: {a: {url: "https://a.invalid/"}}\n'
            'destinations: {s: {type: stdout}}\n'
            'filters: {f: {match: "@safe", expect: {match: [Safe]}}}\n')
        done = run('tocsin', 'check', '-c', self.file('config', config))
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn('1 entity', done.stdout)

    def test_usage(self):
        for arguments in ((), ('export',), ('import', 'a', 'b'),
                          ('import', '--nope')):
            self.assertEqual(run('tocsin', 'entity', *arguments).returncode, 2)


if __name__ == '__main__':
    unittest.main()
