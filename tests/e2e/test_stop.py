"""tests/e2e/test_stop.py: SIGTERM ends the daemon at once, in every situation,
and what it counted adds up."""
import threading
import unittest

from harness import Case, FEED_TYPE, Hook, item, reply, rss, run


class Stop(Case):
    def test_while_idle(self):
        self.serve('/feed', [
            item(1, 'Ceasefire holds', 'Quiet.'),
            item(1, 'Ceasefire holds', 'Quiet.'),
            item(2, 'Ferries sail', 'Again.'),
            item(3, 'An old ceasefire', 'Long ago.', minutes_ago=600),
        ])
        daemon = self.daemon(self.config(
            {'wire': {'url': '/feed', 'article': 'never'}},
            {'truce': 'ceasefire'})).start()
        self.hook.wait(1)
        self.site.wait_seen('/feed', 3)
        self.assertEqual(daemon.stop(), 0)
        self.assert_dispositions(daemon)
        m = daemon.metrics()
        self.assertEqual(m['items_alerted_total'], 1)
        self.assertEqual(m['items_backlog_total'], 1)
        self.assertEqual(m['items_no_match_total'], 1)
        self.assertGreaterEqual(m['items_duplicate_total'], 1)
        self.assertEqual(m['alerts_total'], 1)
        self.assertEqual(m['deliveries_total'], 2)

    def test_while_a_server_and_a_receiver_are_silent(self):
        release = threading.Event()
        self.addCleanup(release.set)
        site = self.site

        def hang(_request):
            site.lock.release()          # the other paths go on
            release.wait(30)
            site.lock.acquire()
            return reply(503)
        self.hook = Hook(site, decide=hang)
        site.routes['/silent'] = hang
        site.routes['/feed'] = reply(
            200, rss([item(1, 'Ceasefire holds', 'Quiet.')]), FEED_TYPE)
        daemon = self.daemon(self.config(
            {'wire': {'url': '/feed', 'article': 'never'},
             'silent': '/silent'}, {'truce': 'ceasefire'})).start()
        site.wait_seen('/feed', 1)
        self.assertEqual(daemon.stop(), 0)
        self.assert_dispositions(daemon)

        release.set()
        self.hook.decide = lambda request: reply(200)
        daemon.start()
        self.hook.wait(1)
        self.assertEqual(daemon.stop(), 0)

    def test_second_daemon_is_refused(self):
        self.serve('/feed', [])
        daemon = self.daemon(self.config(
            {'wire': '/feed'}, {'truce': 'ceasefire'})).start()
        second = run('tocsind', '-c', daemon.file, cwd=self.folder)
        self.assertNotEqual(second.returncode, 0)
        self.assertIn('state', second.stderr)
        self.assertEqual(daemon.stop(), 0)


if __name__ == '__main__':
    unittest.main()
