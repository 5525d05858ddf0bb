/* filters/lint_words.h: words that stand in queries and are mistaken. */
#ifndef FILTERS_LINT_WORDS_H
#define FILTERS_LINT_WORDS_H

/* Names that are words as well. */
#define LINT_NAMES \
	"apple amazon bath bush chad chile china cook cork crane target shell gap " \
	"fox georgia guardian guinea hunt jersey jordan lent march mark may mobile " \
	"nice orange reading rice rose shell sting turkey visa wells will young " \
	"meta square block oracle polish sierra sun times mirror independent"

/* Codes of ISO 639-1, and longer ones that the detector knows. */
#define LINT_LANGUAGES \
	"aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce " \
	"ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr " \
	"fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io " \
	"is it iu iw ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb " \
	"lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl " \
	"nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd " \
	"se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn " \
	"to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"

/* clang-format off */
/* Codes of countries that are taken for those of their languages. */
#define LINT_COUNTRIES(X) \
	X("cn", "zh") X("jp", "ja") \
	X("ua", "uk") X("gr", "el") X("cz", "cs") X("dk", "da") \
	X("us", "en") X("gb", "en") X("at", "de") X("il", "he") \
	X("ir", "fa") X("vn", "vi") X("by", "be") X("rs", "sr")
/* clang-format on */

#endif
