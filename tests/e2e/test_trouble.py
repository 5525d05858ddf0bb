"""tests/e2e/test_trouble.py: a receiver and a feed that are gone are told of
through the spool, once, and the document is as its schema says."""
import json
import unittest

from harness import Case, item, reply, run, wait_until

try:
    import jsonschema
except ImportError:
    jsonschema = None


class Trouble(Case):
    def types(self, daemon):
        return sorted(d['type'] for _, d in daemon.spooled())

    def test_what_is_gone_is_told_through_the_spool(self):
        self.serve('/feed', [item(1, 'A ceasefire holds', 'Quiet.')])
        self.hook.decide = lambda request: reply(410)
        config = self.config(
            {'wire': {'url': '/feed', 'article': 'never'},
             'lost': {'url': self.site.base + '/gone?token=hidden'}},
            {'truce': 'ceasefire'})
        self.site.routes['/gone?token=hidden'] = reply(410)
        daemon = self.daemon(config)
        daemon.start()
        wait_until(lambda: len(daemon.spooled()) == 3, 20, 'three documents')
        self.assertEqual(daemon.stop(), 0)
        # The receiver is asked again before the next item is there.
        daemon.start()
        self.site.wait_seen('/hook', 2)
        self.serve('/feed', [item(2, 'No ceasefire holds', 'Quiet.'),
                             item(1, 'A ceasefire holds', 'Quiet.')])
        wait_until(lambda: self.types(daemon).count('alert.new') == 2, 20,
                   'the next item')
        self.assertEqual(daemon.stop(), 0)
        told = {d['type']: d for _, d in daemon.spooled()}
        self.assertEqual(self.types(daemon), [
            'alert.new', 'alert.new', 'destination.failing', 'feed.failing'])
        trouble = told['destination.failing']['data']['trouble']
        self.assertEqual(trouble['destination'], 'desk')
        self.assertTrue(trouble['stopped'])
        self.assertGreaterEqual(trouble['waiting'], 1)
        self.assertIn('answered 410', trouble['error'])
        self.assertEqual(told['feed.failing']['data']['trouble']['feed'],
                         'lost')
        self.assertIn('alert.new', told)
        self.assertFalse(any(d['type'] == 'destination.failing'
                             for _, d, _ in self.hook.attempts))
        if jsonschema is not None:
            schema = json.loads(run('tocsin', 'schema', 'alert').stdout)
            for document in told.values():
                jsonschema.validate(document, schema)


if __name__ == '__main__':
    unittest.main()
