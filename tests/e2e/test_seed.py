"""tests/e2e/test_seed.py: a news report whose feed brings only its first
sentence rings exactly once, with its evidence, whatever is polled again or
restarted afterwards."""
import os
import unittest

from harness import (Case, DATA, FEED_TYPE, PAGE_TYPE, item, page, reply, rss)

OWN_TEXT = '''CAPITAL, March 26 : A spokesman said on Monday that the visit had
been called off. The delegation was expected this week.
The resolution which the United Nations Security Council adopted calls for an
immediate ceasefire. It also asks for the release of those who are held.
In Gaza people waited for the guns to fall silent. Aid agencies said that their
lorries were ready to move within hours.
'''
ENTITIES = {
    'unsc': {'name': 'UN Security Council', 'wikidata': 'Q37470',
             'names': ['UN Security Council', 'United Nations Security Council',
                       '=UNSC']},
    'gaza': {'names': {'en': ['Gaza', 'Gaza Strip', 'Gazan*']},
             'never': ['Gaza Street']},
}
FILTERS = {'gaza-ceasefire': {
    'match': '@gaza AND @unsc AND '
             '(ceasefire OR truce OR "cessation of hostilities")',
    'severity': 'high',
    'expect': {
        'match': ['UN Security Council adopts Gaza ceasefire resolution'],
        'no': ['Gaza cease-fire film wins council arts award']}}}


def report():
    try:
        with open(os.path.join(DATA, 'seed', 'article.txt'),
                  encoding='utf-8') as f:
            return f.read()
    except FileNotFoundError:
        return OWN_TEXT


class Seed(Case):
    def setUp(self):
        super().setUp()
        text = report()
        first = text.split('. ')[0] + '.'
        self.site.routes['/report'] = reply(
            200, page('Allies at odds over a visit', text), PAGE_TYPE)
        self.site.routes['/feed'] = reply(200, rss([
            item(1, 'Allies at odds over a visit', first,
                 self.site.base + '/report'),
            item(2, 'Ferries sail again', 'Two days of gales kept them in.'),
        ]), FEED_TYPE)
        self.rings = self.daemon(self.config(
            {'wire': '/feed'}, FILTERS, entities=ENTITIES))

    def assert_rang_once(self):
        self.assertEqual(len(self.hook.attempts), 1)
        self.assertEqual(len(self.rings.spooled()), 1)
        self.assertEqual(len(self.site.seen('/report')), 1)

    def test_rings_once_with_evidence(self):
        self.rings.start()
        (identity, document), = self.hook.wait(1)
        self.assert_all_signed()
        (name, spooled), = self.rings.spooled()
        self.assertEqual(spooled, document)
        self.assertIn(identity, name)
        self.assertEqual(document['type'], 'alert.new')

        data = document['data']
        self.assertEqual(data['id'], identity)
        self.assertEqual(data['severity'], 'high')
        self.assertEqual(data['filter']['name'], 'gaza-ceasefire')
        self.assertEqual(data['item']['title'], 'Allies at odds over a visit')
        self.assertEqual(data['item']['feed']['name'], 'wire')
        found = {(h.get('entity'), h['text'].lower()) for h in data['hits']}
        self.assertIn(('unsc', 'united nations security council'), found)
        self.assertIn((None, 'ceasefire'), found)
        self.assertIn(('gaza', 'gaza'), found)
        self.assertEqual({h['field'] for h in data['hits']}, {'article'})
        wikidata = {h.get('wikidata') for h in data['hits']
                    if h.get('entity') == 'unsc'}
        self.assertEqual(wikidata, {'Q37470'})

        self.site.wait_seen('/feed', 3)
        self.assert_rang_once()
        self.assertEqual(self.rings.stop(), 0)
        self.assert_dispositions(self.rings)

        before = len(self.site.seen('/feed'))
        self.rings.start()
        self.site.wait_seen('/feed', before + 2)
        self.assertEqual(self.rings.stop(), 0)
        self.assert_rang_once()
        self.assert_dispositions(self.rings)


if __name__ == '__main__':
    unittest.main()
