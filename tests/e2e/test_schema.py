"""tests/e2e/test_schema.py: alerts of a running daemon against the schema that
describes them, by Debian's python3-jsonschema."""
import copy
import json
import os
import subprocess
import unittest

from harness import BUILD, Case, item

try:
    import jsonschema
except ImportError:
    jsonschema = None

COPY = ('The Security Council adopted a resolution on Monday that demands an '
        'immediate ceasefire in the strip for the holy month and the release '
        'of all hostages, after the largest member had held back its veto.')


def close(schema):
    """Nothing but what the schema names."""
    if isinstance(schema, dict):
        if 'properties' in schema:
            schema['additionalProperties'] = False
        for value in schema.values():
            close(value)
    return schema


class Schema(Case):
    def setUp(self):
        super().setUp()
        text = subprocess.run([os.path.join(BUILD, 'tocsin'), 'schema',
                               'alert'], check=True, capture_output=True)
        schema = json.loads(text.stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        self.validator = jsonschema.Draft202012Validator(
            close(copy.deepcopy(schema)))

    def test_documents_are_as_described(self):
        self.serve('/one', [item(1, 'Ceasefire "voted" – غزة', COPY,
                                 'http://127.0.0.1:1/x')])
        self.serve('/two', [item(2, 'A ceasefire', COPY)])
        config = self.config(
            {'one': {'url': '/one', 'article': 'never', 'publisher': 'a',
                     'tags': ['x']},
             'two': {'url': '/two', 'article': 'never', 'publisher': 'b'}},
            {'truce': '@truce'},
            entities={'truce': {'names': ['ceasefire'],
                                'wikidata': 'Q208383'}})
        daemon = self.daemon(config).start()
        self.hook.wait(2)
        self.assertEqual(daemon.stop(), 0)
        documents = [document for _, document in self.hook.alerts]
        self.assertEqual({d['type'] for d in documents},
                         {'alert.new', 'alert.confirmed'})
        for document in documents:
            self.validator.validate(document)

    def test_what_is_wrong_is_refused(self):
        with open('docs/formats/json.json', encoding='utf-8') as f:
            good = json.load(f)
        self.validator.validate(good)
        for other in ('trouble', 'update'):
            with open(f'docs/formats/{other}-json.json', encoding='utf-8') as f:
                self.validator.validate(json.load(f))
        for change in ({'timestamp': None}, {'type': 1}, {'data': []},
                       {'more': 1}):
            with self.assertRaises(jsonschema.ValidationError):
                self.validator.validate({**good, **change})


if __name__ == '__main__':
    if jsonschema is None:
        print('skipped, no python3-jsonschema')
    else:
        unittest.main()
