"""tests/e2e/test_reload.py: SIGHUP takes over a whole configuration or nothing
of it, and what did not change goes on undisturbed."""
import json
import os
import signal
import socket
import unittest

from harness import Case, FEED_TYPE, item, reply, rss

NEVER = {'article': 'never'}


class Reload(Case):
    def setUp(self):
        super().setUp()
        self.shown = 2
        self.site.routes['/feed'] = lambda request: reply(200, rss([
            item(n, f'Ceasefire {n}' if n % 2 else f'Earthquake {n}', '-')
            for n in range(self.shown)]), FEED_TYPE)
        self.serve('/slow', [])
        self.serve('/new', [])
        self.conf = self.config({
            'wire': {'url': '/feed', **NEVER},
            'slow': {'url': '/slow', 'every': '1h', **NEVER}},
            {'truce': 'ceasefire'})

    def alerts(self):
        return [(d['data']['filter']['name'], d['data']['item']['title'])
                for _, d in self.hook.alerts]

    def test_a_broken_file_keeps_the_old_configuration(self):
        daemon = self.daemon(self.conf).start()
        self.hook.wait(1)
        daemon.reload('feeds:\n  wire:\n    ulr: http://a.invalid/\n')
        self.assertRegex(daemon.log(), r'tocsin\.yaml:3:5')
        self.shown = 4
        self.hook.wait(2)
        self.assertEqual(self.alerts(), [('truce', 'Ceasefire 1'),
                                         ('truce', 'Ceasefire 3')])
        self.assertEqual(daemon.stop(), 0)

    def test_a_service_manager_that_does_not_listen_holds_up_nothing(self):
        daemon = self.daemon(self.conf).start()
        self.hook.wait(1)
        full = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(full.close)
        full.setblocking(False)
        with self.assertRaises(BlockingIOError):
            while True:
                full.sendto(b'X=1', os.path.join(self.folder, 'notify'))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_log('configuration reloaded')
        self.shown = 4
        self.hook.wait(2)
        daemon.told()
        daemon.wait_told('READY=1', 2)      # the start and the reload
        self.assertEqual(daemon.stop(), 0)

    def test_a_failing_expectation_keeps_the_old_configuration(self):
        daemon = self.daemon(self.conf).start()
        self.hook.wait(1)
        broken = dict(self.conf, filters={'quake': {
            'match': 'earthquake', 'expect': {'match': ['All is quiet']}}})
        daemon.reload(broken)
        self.assertIn('All is quiet', daemon.log())
        self.shown = 4
        self.hook.wait(2)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual({name for name, _ in self.alerts()}, {'truce'})

    def test_a_template_that_was_written_anew_takes_effect(self):
        template = os.path.join(self.folder, 'template')

        def write(text):
            with open(template, 'w', encoding='utf-8') as f:
                f.write(text)
        write('{"first": "{{data.item.title}}"}')
        self.conf['destinations']['desk'].update(
            format='template', template=template)
        daemon = self.daemon(self.conf).start()
        self.hook.wait(1)
        write('{"second": "{{data.item.titel}}"}')
        daemon.reload(self.conf)
        self.assertIn('did you mean {{data.item.title}}?', daemon.log())
        write('{"second": "{{data.item.title}}"}')
        daemon.reload(self.conf)
        self.shown = 4
        self.hook.wait(2)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual([d for _, d in self.hook.alerts],
                         [{'first': 'Ceasefire 1'}, {'second': 'Ceasefire 3'}])

    def test_a_new_filter_takes_effect_and_old_items_stay_handled(self):
        daemon = self.daemon(self.conf).start()
        self.hook.wait(1)
        self.conf['filters'] = {'quake': {'match': 'earthquake'}}
        daemon.reload(self.conf)
        self.shown = 4
        self.hook.wait(2)
        self.assertEqual(self.alerts(), [('truce', 'Ceasefire 1'),
                                         ('quake', 'Earthquake 2')])
        self.assertEqual(daemon.stop(), 0)
        self.assert_dispositions(daemon)

    def test_an_unchanged_feed_is_not_polled_again_and_a_new_one_is(self):
        daemon = self.daemon(self.conf).start()
        self.site.wait_seen('/slow', 1)
        self.hook.wait(1)
        self.conf['feeds']['new'] = {'url': self.site.base + '/new', **NEVER}
        self.conf['feeds']['slow']['tags'] = ['changed']
        daemon.reload(self.conf)
        self.site.wait_seen('/new', 1)
        before = len(self.site.seen('/feed'))
        self.site.wait_seen('/feed', before + 2)
        self.assertEqual(len(self.site.seen('/slow')), 1)
        self.assertEqual(daemon.stop(), 0)

    def test_a_feed_that_was_removed_is_polled_no_more(self):
        daemon = self.daemon(self.conf).start()
        self.hook.wait(1)
        del self.conf['feeds']['wire']
        self.conf['feeds']['new'] = {'url': self.site.base + '/new',
                                     'every': '1s', **NEVER}
        daemon.reload(self.conf)
        before = len(self.site.seen('/feed'))
        self.site.wait_seen('/new', 3)
        self.assertLessEqual(len(self.site.seen('/feed')), before + 1)
        self.assertEqual(daemon.stop(), 0)

    def test_polls_go_on_while_a_configuration_is_read(self):
        daemon = self.daemon(self.conf).start()
        self.hook.wait(1)
        ready = sum('READY=1' in s for s in daemon.told())
        os.remove(daemon.file)
        os.mkfifo(daemon.file)          # is read when we have written
        daemon.process.send_signal(signal.SIGHUP)
        with open(daemon.file, 'w', encoding='utf-8') as slow:
            daemon.process.send_signal(signal.SIGHUP)
            self.shown = 4
            self.hook.wait(2)
            os.remove(daemon.file)
            self.conf['filters'] = {'quake': {'match': 'earthquake'}}
            daemon.write(self.conf)
            json.dump(dict(self.conf, filters={'no': {'match': 'nothing'}}),
                      slow)
        daemon.wait_told('READY=1', ready + 2)
        self.shown = 6
        self.hook.wait(3)
        self.assertEqual(self.alerts(), [('truce', 'Ceasefire 1'),
                                         ('truce', 'Ceasefire 3'),
                                         ('quake', 'Earthquake 4')])
        self.assertEqual(daemon.stop(), 0)
        self.assert_dispositions(daemon)


if __name__ == '__main__':
    unittest.main()
