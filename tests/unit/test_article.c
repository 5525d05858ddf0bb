/* tests/unit/test_article.c: the main text of a news page. */
#include "feeds/article.h"

#include "base/file.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define ONE \
	"The Security Council met on Monday to hear a report on the ceasefire, " \
	"and its members spoke for three hours."
#define TWO \
	"A vote on the resolution is expected later this week, said the " \
	"ambassador, who had asked for more time."
#define THREE \
	"Aid agencies warned that the roads to the north are still closed, and " \
	"that food will run out by the end of the month."
#define LINES \
	"10 March, to Curitiba 8 April, to Velopark 22 April, to Londrina " \
	"6 May, to Santa Cruz 20 May, to Cascavel 5 August, to Velo " \
	"9 September, to Campo 23 September, to Tarum 21 October, to Goi " \
	"4 November, to Mogi 18 November, to Interlagos 9 December, " \
	"to the city of the last race 16 December"
#define STORY ONE "\n" TWO "\n" THREE
#define STORY_P "<p>" ONE "</p><p>" TWO "</p><p>" THREE "</p>"

struct fixture {
	struct arena arena;
	struct article art;
	struct err e;
};

static bool
extract(struct fixture *f, struct sv page, struct sv content_type)
{
	f->art = (struct article) { .published = 0 };
	f->e = (struct err) { "" };
	return article_extract(page, content_type, SV("http://example.org/a"),
	    &f->arena, &f->art, &f->e);
}

static int
set_up(void **state)
{
	struct fixture *f = mem_calloc(1, sizeof(*f));

	arena_init(&f->arena);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	arena_done(&f->arena);
	free(f);
	return 0;
}

static const struct text_case {
	const char *rule, *page, *want; /* NULL: no article */
} texts[] = {
	{ "paragraphs between navigation and footer",
	    "<nav><a href=/>Home</a> <a href=/w>World</a></nav><h1>Title</h1>" STORY_P
	    "<footer><p>Copyright. All rights reserved.</p></footer>",
	    STORY },
	{ "paragraphs that are not closed", "<p>" ONE "<p>" TWO "<p>" THREE,
	    STORY },
	{ "two line breaks separate paragraphs, one does not",
	    "<div>" ONE "<br><br>" TWO "<br>" THREE "</div>",
	    ONE "\n" TWO " " THREE },
	{ "comments are not the article, however long",
	    "<div>" STORY_P "</div><div class='comments-area'><p>" ONE
	    "</p><p>No, I say, this is all wrong. " TWO THREE "</p></div>",
	    STORY },
	{ "related stories are links",
	    "<div>" STORY_P "<ul><li><a href=/1>Another story of the day</a>"
	    "<li><a href=/2>One more story of the day</a></ul></div>",
	    STORY },
	{ "a heading inside stays, one at the end goes",
	    "<article><p>" ONE "</p><h2>A vote</h2><p>" TWO "</p><p>" THREE
	    "</p><h2>More</h2></article>",
	    ONE "\nA vote\n" TWO "\n" THREE },
	{ "lists and quotes stay",
	    "<article><p>" ONE "</p><ul><li>food<li>water</ul><blockquote>" TWO
	    "</blockquote><p>" THREE "</p></article>",
	    ONE "\nfood\nwater\n" TWO "\n" THREE },
	{ "what is hidden is not there",
	    "<article><p style='display:none'>Hidden words. " TWO
	    "</p><p hidden>" TWO "</p><div aria-hidden=true>" TWO
	    "</div>" STORY_P "</article>",
	    STORY },
	{ "captions are not text",
	    "<article><figure><img src=x><figcaption>Members of the council "
	    "raise their hands. Photo: A. B.</figcaption></figure>" STORY_P
	    "</article>",
	    STORY },
	{ "a class named like navigation around everything is not believed",
	    "<div class='page-with-sidebar'>" STORY_P "</div>", STORY },
	{ "scripts and styles are no text",
	    "<article><script>var a = '<p>x y. z</p>'</script>" STORY_P
	    "<style>p {}</style></article>",
	    STORY },
	{ "an element that nobody knows, or a hidden one, does not end a sentence",
	    "<p>One study of the roads <x-cite>(<a href=/1>1</a>)</x-cite> "
	    "says <span hidden>so</span> that " THREE "</p><p>" TWO "</p>",
	    "One study of the roads (1) says that " THREE "\n" TWO },
	{ "a line between two of prose needs no full stop",
	    "<div>" ONE "<br><br>So far the news from Monday<br><br>" TWO
	    "</div>",
	    ONE "\nSo far the news from Monday\n" TWO },
	{ "many lines without one are a text",
	    "<aside><p>" ONE "</p></aside><div><h1>All trains of the day"
	    "</h1><p>" LINES "</p></div>",
	    LINES },
	{ "the headline says which of several texts it is",
	    "<title>Talks in Geneva - Site</title><div><article><h2>Talks in "
	    "Geneva</h2><p>" ONE TWO "</p></article><article><p>" THREE TWO
	    "</p></article><article><p>" THREE THREE TWO "</p></article></div>",
	    ONE TWO },
	{ "or the only h1",
	    "<div><article><h1>Talks</h1><p>" ONE TWO "</p></article><article>"
	    "<p>" THREE TWO "</p></article><article><p>" THREE THREE TWO
	    "</p></article></div>",
	    ONE TWO },
	{ "but a lead alone is not the article",
	    "<div><h1>Talks</h1><p>" ONE
	    "</p></div><div>" STORY_P STORY_P STORY_P STORY_P "</div>",
	    STORY "\n" STORY "\n" STORY "\n" STORY },
	{ "a bare address is no text",
	    "<article>" STORY_P "<div>https://example.org/2026/11/a.html</div>"
	    "</article>",
	    STORY },
	{ "a page of links is no article",
	    "<ul><li><a href=/1>A story of the day about one thing.</a><li>"
	    "<a href=/2>A story of the day about another thing.</a><li><a "
	    "href=/3>A story of the day about a third thing.</a></ul>",
	    NULL },
	{ "one short sentence is no article", "<p>Not much here.</p>", NULL },
	{ "an empty page is no article", "", NULL },
	{ "a challenge is no article",
	    "<title>Just a moment...</title><p>Verify you are human by "
	    "completing the action below. example.org needs to review the "
	    "security of your connection before proceeding. This may take a "
	    "few seconds, please stand by while we look at your browser.</p>",
	    NULL },
	{ "a consent wall is no article",
	    "<div><p>Before you continue to our site: we use cookies and data "
	    "to deliver and maintain services, track outages, and measure "
	    "engagement. If you choose to accept all, we will also use them to "
	    "develop new services.</p></div>",
	    NULL },
	{ "nor is one in another language",
	    "<p>Bevor Sie fortfahren: Wir verwenden Cookies und Daten, um die "
	    "Dienste bereitzustellen, Ausf\u00E4lle zu verfolgen und zu messen, "
	    "wie sie genutzt werden. Wenn Sie einverstanden sind, w\u00E4hlen "
	    "Sie bitte alle Cookies aus, sonst nicht.</p>",
	    NULL },
	{ "a challenge may be known by its script alone",
	    "<p>" ONE " " TWO "</p><script src='/cdn-cgi/challenge-platform/"
	    "x.js'></script>",
	    NULL },
	{ "an article about cookies is one",
	    "<p>" ONE " " TWO " " THREE "</p><p>We value your privacy, say the "
	    "banners. " ONE TWO THREE ONE TWO THREE "</p>",
	    ONE " " TWO " " THREE "\nWe value your privacy, say the "
		"banners. " ONE TWO THREE ONE TWO THREE },
	{ "the beginning of what subscribers read is no article",
	    "<p>" ONE " " TWO "</p><div>Already a subscriber? Log in.</div>",
	    NULL },
	{ "as the page itself may say",
	    "<script type='application/ld+json'>{\"@type\": \"NewsArticle\", "
	    "\"isAccessibleForFree\": \"False\"}</script><p>" ONE " " TWO
	    "</p>",
	    NULL },
	{ "a whole article for subscribers is one",
	    "<script type='application/ld+json'>{\"@type\": \"NewsArticle\", "
	    "\"isAccessibleForFree\": false}</script>" STORY_P STORY_P STORY_P,
	    STORY "\n" STORY "\n" STORY },
};

static void
test_texts(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNTOF(texts); i++) {
		const struct text_case *t = &texts[i];
		bool ok = extract(f, sv_of(t->page), SV_NONE);

		if (!ok && f->e.msg[0] == '\0')
			fail_msg("%s: no reason is given", t->rule);
		if (ok != (t->want != NULL))
			fail_msg("%s: %s", t->rule,
			    ok ? "an article was found" : f->e.msg);
		if (ok && !sv_is(f->art.text, t->want))
			fail_msg("%s: '%.*s', not '%s'", t->rule,
			    SV_ARG(f->art.text), t->want);
	}
}

static void
test_metadata_of_json_ld_comes_first(void **state)
{
	struct fixture *f = *state;

	assert_true(extract(f,
	    SV("<html lang=en-GB><head><title>T | Site</title>"
	       "<meta property='og:title' content='Second best'>"
	       "<meta property='og:site_name' content='The Site'>"
	       "<script type='application/ld+json'>{\"@graph\": [{\"@type\": "
	       "[\"NewsArticle\"], \"headline\": \"Tom &amp; Ann\", "
	       "\"author\": [{\"name\": \"A. Bee\"}, {\"name\": \"C. Dee\"}], "
	       "\"datePublished\": \"2024-06-06T12:30:00Z\"}]};</script>"
	       "</head><body>" STORY_P),
	    SV_NONE));
	assert_true(sv_is(f->art.title, "Tom & Ann"));
	assert_true(sv_is(f->art.author, "A. Bee, C. Dee"));
	assert_true(sv_is(f->art.site, "The Site"));
	assert_true(sv_is(f->art.lang, "en-GB"));
	assert_int_equal(f->art.published, 1717677000);
}

static void
test_metadata_of_elements(void **state)
{
	struct fixture *f = *state;

	assert_true(extract(f,
	    SV("<title>Page title</title><meta name=author content="
	       "'https://example.org/bee'><meta name=byl content='By A. Bee'>"
	       "<h1>The <i>headline</i></h1><time datetime='2024-06-06'>"
	       "yesterday</time>" STORY_P),
	    SV_NONE));
	assert_true(sv_is(f->art.title, "The headline"));
	assert_true(sv_is(f->art.author, "By A. Bee"));
	assert_int_equal(f->art.published, 1717632000);
}

static void
test_link_is_absolute(void **state)
{
	struct fixture *f = *state;
	struct str page;

	assert_true(extract(f,
	    SV("<meta property=og:url content=/b><link rel=canonical "
	       "href='../c?x=1&amp;y=2'>" STORY_P),
	    SV_NONE));
	assert_true(sv_is(f->art.link, "http://example.org/c?x=1&y=2"));
	assert_true(extract(
	    f, SV("<meta property=og:url content=/b>" STORY_P), SV_NONE));
	assert_true(sv_is(f->art.link, "http://example.org/b"));
	str_init(&page, KiB(16));
	(void)str_adds(&page, "<link rel=canonical href=/");
	while (page.len < URL_BYTES)
		(void)str_addc(&page, 'x');
	(void)str_adds(&page, ">" STORY_P);
	assert_true(extract(f, str_sv(&page), SV_NONE));
	assert_int_equal(f->art.link.len, 0); /* not the beginning of one */
	str_done(&page);
	assert_true(extract(f,
	    SV("<link rel=canonical href='javascript:1'>" STORY_P), SV_NONE));
	assert_int_equal(f->art.link.len, 0);
}

static void
test_nothing_is_made_up(void **state)
{
	struct fixture *f = *state;

	assert_true(extract(f, SV(STORY_P), SV_NONE));
	assert_int_equal(f->art.title.len, 0);
	assert_int_equal(f->art.author.len, 0);
	assert_int_equal(f->art.lang.len, 0);
	assert_int_equal(f->art.published, NO_TIME);
}

static void
test_charset_of_the_response(void **state)
{
	struct fixture *f = *state;

	assert_true(extract(f, SV("<title>\xCC\xE8\xF0</title>" STORY_P),
	    SV("text/html; charset=windows-1251")));
	assert_true(sv_is(f->art.title, "Мир"));
}

static void
test_charset_of_the_page(void **state)
{
	struct fixture *f = *state;

	assert_true(extract(f,
	    SV("<meta charset=windows-1251><title>\xCC\xE8\xF0</title>" STORY_P),
	    SV_NONE));
	assert_true(sv_is(f->art.title, "Мир"));
}

/* Units that a hostile page repeats without end. */
static const char *const hostile[] = { "<div>", "<p>a", "</p>", "<a>", "</div>",
	"<b>", "<div class=a-b-c>x. ", "<ul><li>", "<br>",
	"<script type=application/ld+json>[", "<meta name=author content=x>",
	"<h1>", "<title>", "<x>a</y>", "[", "</b><div>" };

static void
test_hostile_pages_take_linear_time(void **state)
{
	struct fixture *f = *state;
	struct str page;

	str_init(&page, ARTICLE_BYTES);
	for (size_t i = 0; i < COUNTOF(hostile); i++) {
		clock_t start = clock();

		str_clear(&page);
		(void)str_adds(&page, STORY_P);
		while (str_adds(&page, hostile[i]))
			;
		(void)extract(f, str_sv(&page), SV_NONE);
		arena_clear(&f->arena);
		if (clock() - start > 2 * CLOCKS_PER_SEC)
			fail_msg("'%s' is slow", hostile[i]);
	}
	str_done(&page);
}

static void
test_page_too_large(void **state)
{
	struct fixture *f = *state;
	char *page = mem_calloc(1, ARTICLE_BYTES + 1);

	assert_false(
	    extract(f, (struct sv) { page, ARTICLE_BYTES + 1 }, SV_NONE));
	assert_non_null(strstr(f->e.msg, "bytes"));
	free(page);
}

/* Writes the paragraphs of the seed as a page. */
static void
wrap_seed(struct str *page, struct sv seed)
{
	struct sv line;

	(void)str_adds(page, "<nav><a href=/>Home</a></nav><h1>Title</h1>");
	while (sv_split(&seed, '\n', &line))
		if (sv_trim(line).len != 0)
			(void)str_addf(page, "<p>%.*s</p>", SV_ARG(line));
	(void)str_adds(page, "<footer><p>About us. Contact.</p></footer>");
}

static size_t
next_word(struct sv *v, struct sv *word)
{
	*v = sv_trim(*v);
	for (word->len = 0;
	     word->len < v->len && !ascii_is_space(v->p[word->len]);)
		word->len++;
	word->p = v->p;
	*v = sv_from(*v, word->len);
	return word->len;
}

static void
test_seed_article_is_whole(void **state)
{
	struct fixture *f = *state;
	const char *data = getenv("TOCSIN_DATA");
	struct sv want, got, a, b;
	struct str seed, page;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/seed/article.txt",
	    data != NULL ? data : "");
	str_init(&seed, MiB(1));
	str_init(&page, MiB(1));
	if (!file_read(path, &seed, &f->e)) {
		print_message("skipped, no data\n");
		return;
	}
	wrap_seed(&page, str_sv(&seed));
	assert_true(extract(f, str_sv(&page), SV_NONE));
	want = str_sv(&seed);
	got = f->art.text;
	while (next_word(&want, &a) != 0 && next_word(&got, &b) != 0)
		assert_true(sv_eq(a, b));
	assert_int_equal(sv_trim(want).len + sv_trim(got).len, 0);
	str_done(&seed);
	str_done(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_metadata_of_json_ld_comes_first),
		cmocka_unit_test(test_metadata_of_elements),
		cmocka_unit_test(test_link_is_absolute),
		cmocka_unit_test(test_nothing_is_made_up),
		cmocka_unit_test(test_charset_of_the_response),
		cmocka_unit_test(test_charset_of_the_page),
		cmocka_unit_test(test_hostile_pages_take_linear_time),
		cmocka_unit_test(test_page_too_large),
		cmocka_unit_test(test_seed_article_is_whole),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
